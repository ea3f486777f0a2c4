package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class PreserveIT {

    private static final int O_CLOEXEC = 02000000;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path secret;
    private Path other;

    @BeforeEach
    void makeFiles() throws Exception {
        pidfile = directory.resolve("probe.pid");
        secret = Files.writeString(directory.resolve("secret"), "the secret\n");
        other = Files.writeString(directory.resolve("other"), "something else\n");
    }

    @Test
    void whatAShellOpensTheTaskReadsUnderTheSameNumber() throws Exception {
        Path mark = directory.resolve("mark");
        Finished launcher = processes.run(bash(
                "exec 3<" + secret + " 4<" + other,
                Launcher.mode("detach")
                        .with("pidfile", pidfile)
                        .with("preserve", "3")
                        .with("read", "3")
                        .with("mark", mark)
                        .command()));

        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        ProcView daemon = ProcView.ofPidfile(pidfile);
        Processes.await("the task to read", () -> Files.exists(mark));
        assertThat(mark).hasContent("the secret");
        assertThat(foreignDescriptors(daemon))
                .as("the handoff's own had 4, 5 and 6")
                .containsExactly(
                        "0 -> /dev/null",
                        "1 -> /dev/null",
                        "2 -> /dev/null",
                        "3 -> " + secret.toRealPath(),
                        "6 -> " + pidfile.toRealPath());
        assertThat(daemon.hasLock(6)).isTrue();
        assertThat(daemon.descriptorFlags(3) & O_CLOEXEC)
                .as("not for the daemon's children")
                .isNotZero();
    }

    @Test
    void numbersFarApartStayAndWhatIsBetweenThemIsClosed() throws Exception {
        Finished launcher = processes.run(bash(
                "exec 4<%1$s 7<%1$s 9<%2$s 60<%2$s 200<%2$s 900<%1$s 901<%2$s".formatted(secret, other),
                Launcher.mode("detach")
                        .with("pidfile", pidfile)
                        .with("preserve", "900,4,7")
                        .command()));

        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertThat(daemon.descriptors())
                .containsEntry(4, secret.toRealPath().toString())
                .containsEntry(7, secret.toRealPath().toString())
                .containsEntry(900, secret.toRealPath().toString())
                .doesNotContainValue(other.toRealPath().toString());
        assertThat(daemon.hasLock(6)).as("3 and 5 were the handoff's").isTrue();
    }

    @Test
    void aCommandLineThatNeedsAFileGetsItUnderAFreeNumber() throws Exception {
        List<String> command = Launcher.mode("detach")
                .with("pidfile", pidfile)
                .with("preserve", "5,6")
                .option("-Dlong=" + "x".repeat(70_000))
                .option("-Dlong2=" + "x".repeat(70_000))
                .command();

        Finished launcher = processes.run(bash("exec 5<%s 6<%s".formatted(secret, other), command));

        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        assertThat(ProcView.ofPidfile(pidfile).descriptors())
                .containsEntry(5, secret.toRealPath().toString())
                .containsEntry(6, other.toRealPath().toString());
    }

    @Test
    void whatIsNotOpenIsSaidBeforeAnythingIsForked() throws Exception {
        Finished launcher = processes.run(bash(
                "exec 4<" + secret,
                Launcher.mode("detach")
                        .with("pidfile", pidfile)
                        .with("preserve", "4,77,78")
                        .command()));

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_CONFIGURED);
        assertThat(launcher.err())
                .contains("preserve 77: EBADF", "preserve 78: EBADF")
                .doesNotContain("preserve 4:");
        assertThat(pidfile).doesNotExist();
        assertThat(processes.marked()).isEmpty();
    }

    @Test
    void aProgramHasThemToo() throws Exception {
        Finished launcher = processes.run(bash(
                "exec 3<%s 5<%s 6<%s".formatted(secret, other, other),
                Launcher.mode("exec")
                        .with("pidfile", pidfile)
                        .with("preserve", "3,5")
                        .command("sleep", "60")));

        assertThat(launcher.exitCode()).as(launcher.err()).isZero();
        ProcView daemon = ProcView.ofPidfile(pidfile);
        Processes.await("sleep", () -> daemon.arguments().equals(List.of("sleep", "60")));
        assertThat(daemon.descriptors())
                .containsEntry(3, secret.toRealPath().toString())
                .containsEntry(4, pidfile.toRealPath().toString())
                .containsEntry(5, other.toRealPath().toString())
                .doesNotContainEntry(6, other.toRealPath().toString());
        assertThat(daemon.hasLock(4)).isTrue();
    }

    @Test
    void aProgramInTheForegroundHasThemToo() throws Exception {
        Process program = processes
                .builder(bash(
                        "exec 7<%s 8<%s".formatted(secret, other),
                        Launcher.mode("main-program")
                                .with("pidfile", pidfile)
                                .with("preserve", "7")
                                .command("run")))
                .start();
        ProcView sleep = new ProcView(program.pid());
        Processes.await("sleep", () -> sleep.arguments().equals(List.of("sleep", "60")));

        assertThat(sleep.descriptors())
                .containsEntry(7, secret.toRealPath().toString())
                .doesNotContainValue(other.toRealPath().toString());
    }

    @Test
    void childrenOfTheDaemonDoNotInheritThem() throws Exception {
        Path listing = directory.resolve("listing");
        Finished launcher = processes.run(bash(
                "exec 8<" + secret,
                Launcher.mode("child")
                        .with("pidfile", pidfile)
                        .with("preserve", "8")
                        .with("mark", listing)
                        .command("ls", "-l", "/proc/self/fd")));

        assertThat(launcher.exitCode()).as(launcher.err()).isZero();
        assertThat(Files.readString(listing)).contains(" 0 -> ").doesNotContain(secret.toString());
    }

    @Test
    void thousandsOfOpenDescriptorsAreClosedBetweenAndBehindThePreserved() throws Exception {
        String files = IntStream.range(100, 900)
                .mapToObj(number -> number + "<" + other)
                .collect(Collectors.joining(" "));

        Finished launcher = processes.run(bash(
                "exec " + files,
                Launcher.mode("detach")
                        .with("pidfile", pidfile)
                        .with("preserve", "500")
                        .command()));

        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        assertThat(ProcView.ofPidfile(pidfile).descriptors().entrySet().stream()
                        .filter(entry -> entry.getValue().equals(other.toString()))
                        .map(Map.Entry::getKey))
                .containsExactly(500);
    }

    private static List<String> bash(String before, List<String> command) {
        List<String> script = new ArrayList<>(List.of("bash", "-c", before + "; exec \"$@\"", "bash"));
        script.addAll(command);
        return script;
    }

    /** Without what the JVM opens for itself. */
    private static List<String> foreignDescriptors(ProcView daemon) throws IOException {
        Path jdk = Path.of(System.getProperty("java.home")).toRealPath();
        return daemon.descriptors().entrySet().stream()
                .map(entry -> entry.getKey() + " -> " + entry.getValue())
                .filter(entry -> !entry.contains(" -> " + jdk) && !entry.endsWith(".jar"))
                .toList();
    }
}
