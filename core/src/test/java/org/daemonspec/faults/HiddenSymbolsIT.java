package org.daemonspec.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A libc that is older than some functions, one after another and all at once: dlsym(3) does not find them. */
public class HiddenSymbolsIT {

    /** The functions that are younger than glibc 2.28. */
    public static final List<String> OPTIONAL = List.of(
            "close_range",
            "posix_spawn_file_actions_addclosefrom_np",
            "posix_spawn_file_actions_addfchdir_np",
            "strerrordesc_np",
            "strerrorname_np");

    /** Those that a start asks for; the others name errors. */
    private static final List<String> IN_A_START = OPTIONAL.subList(0, 3);

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Place place;
    private Shim shim;
    private Path secret;

    @BeforeEach
    void prepare() throws Exception {
        place = new Place(Files.createDirectory(directory.toRealPath().resolve("place")), processes);
        shim = new Shim(directory, place.directory());
        secret = Files.createFile(place.directory().resolve("secret"));
    }

    static Stream<List<String>> hiddenInAStart() {
        return Stream.concat(IN_A_START.stream().map(List::of), Stream.of(IN_A_START, OPTIONAL));
    }

    @ParameterizedTest
    @MethodSource("hiddenInAStart")
    void aTaskIsStartedInItsDirectoryWithItsDescriptorsOnly(List<String> hidden) throws Exception {
        Finished launcher = run(
                hidden,
                Launcher.mode("detach")
                        .with("pidfile", place.pidfile())
                        .with("cwd", place.directory())
                        .with("preserve", 20)
                        .command());

        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        assertHidden(hidden.stream().filter(IN_A_START::contains).toList());
        ProcView daemon = ProcView.ofPidfile(place.pidfile());
        assertThat(daemon.workingDirectory()).isEqualTo(place.directory());
        assertThat(daemon.descriptors()).containsEntry(20, secret.toString()).doesNotContainKeys(15, 30);
        assertThat(daemon.descriptors().values())
                .filteredOn(secret.toString()::equals)
                .hasSize(1);
        place.assertRunsAndStops(daemon, Place.LOCK_OF_TASK);
    }

    @ParameterizedTest
    @MethodSource("hiddenInAStart")
    void aProgramIsStartedInItsDirectoryWithItsDescriptorsOnly(List<String> hidden) throws Exception {
        Finished launcher = run(
                hidden,
                Launcher.mode("exec")
                        .with("pidfile", place.pidfile())
                        .with("cwd", place.directory())
                        .with("preserve", 20)
                        .command("sleep", "600"));

        assertThat(launcher.exitCode()).as(launcher.err()).isZero();
        assertHidden(hidden.stream().filter(IN_A_START::contains).toList());
        ProcView daemon = ProcView.ofPidfile(place.pidfile());
        assertThat(daemon.workingDirectory()).isEqualTo(place.directory());
        assertThat(daemon.descriptorsOnceLoaded()).containsOnlyKeys(0, 1, 2, Place.LOCK_OF_PROGRAM, 20);
        place.assertRunsAndStops(daemon, Place.LOCK_OF_PROGRAM);
    }

    static Stream<List<String>> hiddenInAFailure() {
        return Stream.of(List.of("strerrorname_np"), List.of("strerrordesc_np"), OPTIONAL.subList(3, 5), OPTIONAL);
    }

    @ParameterizedTest
    @MethodSource("hiddenInAFailure")
    void anErrorStillHasItsNameAndText(List<String> hidden) throws Exception {
        Path noProgram = Files.writeString(place.directory().resolve("no-program"), "no program");
        Files.setPosixFilePermissions(noProgram, PosixFilePermissions.fromString("rwxr-xr-x"));

        Finished launcher = run(
                hidden, Launcher.mode("exec").with("pidfile", place.pidfile()).command(noProgram.toString()));

        assertHidden(
                hidden.stream().filter(symbol -> symbol.startsWith("strerror")).toList());
        assertThat(launcher.err())
                .contains("probe: start failed: posix_spawn " + noProgram
                        + ": ENOEXEC (Exec format error); it is no program");
        assertThat(place.pidfile()).doesNotExist();
    }

    @Test
    void whatIsNotOptionalIsNamed() throws Exception {
        Finished launcher = run(
                List.of("makecontext"),
                Launcher.mode("detach").with("pidfile", place.pidfile()).command());

        assertThat(launcher.exitCode()).isEqualTo(7);
        assertThat(launcher.err())
                .isEqualTo("daemonspec: This machine's glibc has no makecontext; use a newer glibc.\n");
        assertThat(processes.marked()).isEmpty();
    }

    /** The launcher has the same file open as 15, 20 and 30. */
    private Finished run(List<String> hidden, List<String> command) throws Exception {
        List<String> shell = new ArrayList<>(List.of(
                "sh",
                "-c",
                "f=$1; shift; exec bash -c 'exec 15<$0 20<$0 30<$0; exec \"$@\"' \"$f\" \"$@\"",
                "sh",
                secret.toString()));
        shell.addAll(command);
        ProcessBuilder builder = processes.builder(shell);
        Map<String, String> environment = builder.environment();
        environment.put("LC_ALL", "C.UTF-8");
        environment.putAll(shim.hiding(hidden));
        return processes.run(builder);
    }

    private void assertHidden(List<String> symbols) throws Exception {
        assertThat(shim.calls().stream().map(Call::object).toList()).containsAll(symbols);
    }
}
