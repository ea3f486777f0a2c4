package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ExecIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path log;

    @BeforeEach
    void nameFiles() {
        pidfile = directory.resolve("program.pid");
        log = directory.resolve("program.log");
    }

    @Test
    void anyProgramIsAProperDaemonAndHoldsItsPidfile() throws Exception {
        DaemonHandle handle = DaemonSpec.builder().pidfile(pidfile).umask(027).exec("sleep", "60");
        processes.own(handle.pid());

        ProcView daemon = new ProcView(handle.pid());
        assertThat(handle.processHandle()).get().matches(ProcessHandle::isAlive);
        assertThat(pidfile).hasContent(Long.toString(handle.pid()));
        assertThat(daemon.arguments()).containsExactly("sleep", "60");
        assertThat(daemon.session()).isNotEqualTo(daemon.pid()).isEqualTo(daemon.group());
        assertThat(daemon.terminal()).isZero();
        assertThat(daemon.parent()).isNotEqualTo(ProcessHandle.current().pid());
        assertThat(daemon.workingDirectory()).isEqualTo(Path.of("/"));
        assertThat(daemon.status("Umask")).isEqualTo("0027");
        assertThat(daemon.status("SigBlk")).isEqualTo("0000000000000000");
        assertThat(daemon.status("SigIgn")).isEqualTo("0000000000000000");
        assertThat(daemon.descriptors().toString())
                .isEqualTo("{0=/dev/null, 1=/dev/null, 2=/dev/null, 3=" + pidfile.toRealPath() + "}");
        assertThat(daemon.hasLock(3)).isTrue();
    }

    @Test
    void thePidfileIsLockedForAsLongAsTheProgramLives() throws Exception {
        DaemonSpec spec = DaemonSpec.builder().name("sleeper").pidfile(pidfile).build();
        long first = spec.exec("sleep", "60").pid();
        processes.own(first);

        assertThatExceptionOfType(AlreadyRunningException.class)
                .isThrownBy(() -> spec.exec("sleep", "60"))
                .withMessage("sleeper: already running (pid " + first + ").")
                .satisfies(e -> assertThat(e.pid()).isEqualTo(OptionalLong.of(first)));

        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        Processes.await("the program's end", () -> !new ProcView(first).isAlive());
        long second = spec.exec("sleep", "60").pid();
        processes.own(second);
        assertThat(pidfile).hasContent(Long.toString(second));
    }

    @Test
    void argumentsReachTheProgramUnchanged() throws Exception {
        Path script = directory.resolve("arguments");
        Files.writeString(script, "#!/bin/sh\nfor argument; do printf '[%s]' \"$argument\"; done\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));

        DaemonSpec.builder()
                .stdout(log)
                .exec(List.of(script.toString(), "two words", "", "it's", "\"quoted\"", "line\nbreak", "$HOME", "*"));

        String expected = "[two words][][it's][\"quoted\"][line\nbreak][$HOME][*]";
        Processes.await("the output", () -> log.toFile().length() >= expected.length());
        assertThat(Files.readString(log)).isEqualTo(expected);
    }

    @Test
    void theEnvironmentIsAsAskedFor() throws Exception {
        DaemonSpec.builder()
                .stdout(log)
                .clearEnvironment()
                .environment("A", "1")
                .environment("B", "2")
                .unsetEnvironment("A")
                .exec("env");

        Processes.await("the output", () -> log.toFile().length() >= 4);
        assertThat(Files.readString(log)).isEqualTo("B=2\n");
    }

    @Test
    void aCleanEnvironmentHasWhatALoginHasAndNothingOfTheLaunchers() throws Exception {
        assertThat(System.getenv()).as("something to be left behind").hasSizeGreaterThan(3);

        DaemonSpec.builder()
                .stdout(log)
                .cleanEnvironment()
                .environment("A", "1")
                .exec("env");

        Processes.await("the output", () -> log.toFile().length() > 0);
        assertThat(Files.readAllLines(log))
                .contains("A=1", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
                .contains("HOME=" + System.getenv("HOME"))
                .allMatch(line -> line.matches("(A|HOME|LANG|LANGUAGE|LC_\\w+|LOGNAME|PATH|SHELL|TZ|USER)=.*"));
    }

    @Test
    void variablesComeFromAFileInTheOrderOfTheCalls() throws Exception {
        Path file = Files.writeString(directory.resolve("env"), "# two\nA=from the file\nB='quoted  '\n");

        DaemonSpec.builder()
                .stdout(log)
                .clearEnvironment()
                .environment("A", "before")
                .environmentFile(file)
                .environment("B", "after")
                .exec("env");

        Processes.await("the output", () -> log.toFile().length() > 0);
        assertThat(Files.readAllLines(log)).containsExactlyInAnyOrder("A=from the file", "B=after");
    }

    @Test
    void everythingThatIsWrongWithAFileOfVariablesIsSaidBeforeAnythingIsStarted() throws Exception {
        Path file = Files.writeString(directory.resolve("env"), "nonsense\nexport A=1\n");
        DaemonSpec spec = DaemonSpec.builder()
                .pidfile(pidfile)
                .environmentFile(file)
                .environmentFile(directory.resolve("none"))
                .build();

        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(() -> spec.exec("sleep", "60"))
                .satisfies(e -> assertThat(e.problems()).hasSize(3));
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aProgramThatCannotBeExecutedIsReportedWithErrno() throws Exception {
        Path noProgram = Files.writeString(directory.resolve("data"), "just data");
        Path noFormat = Files.writeString(directory.resolve("no-shebang"), "echo hello");
        Files.setPosixFilePermissions(noFormat, PosixFilePermissions.fromString("rwxr-xr-x"));
        DaemonSpec spec = DaemonSpec.builder().pidfile(pidfile).build();

        assertThatExceptionOfType(StartFailedException.class)
                .isThrownBy(() -> spec.exec("/no/such/program"))
                .withMessageContaining("posix_spawn /no/such/program: ENOENT");
        assertThatExceptionOfType(StartFailedException.class)
                .isThrownBy(() -> spec.exec(noProgram.toString()))
                .withMessageContaining("EACCES");
        assertThatExceptionOfType(StartFailedException.class)
                .isThrownBy(() -> spec.exec(noFormat.toString()))
                .withMessageContaining("ENOEXEC")
                .withMessageContaining("#!/bin/sh");
        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(() -> spec.exec("no-such-program-in-path"))
                .withMessageContaining("not in PATH");
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void everythingThatIsWrongIsReportedAtOnce() {
        DaemonSpec spec = DaemonSpec.builder()
                .pidfile(pidfile)
                .workingDirectory(directory.resolve("nowhere"))
                .build();

        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(() -> spec.exec("no-such-program-in-path"))
                .satisfies(e -> assertThat(e.problems())
                        .satisfiesExactly(
                                where -> assertThat(where).startsWith("workingDirectory"),
                                what -> assertThat(what).startsWith("exec no-such-program-in-path: ENOENT")));
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void itWorksFromAVirtualThread() throws Exception {
        Thread thread = Thread.ofVirtual().start(() -> {
            DaemonHandle handle = DaemonSpec.builder().pidfile(pidfile).exec("sleep", "60");
            processes.own(handle.pid());
        });
        assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
        assertThat(ProcView.ofPidfile(pidfile).arguments()).containsExactly("sleep", "60");
    }
}
