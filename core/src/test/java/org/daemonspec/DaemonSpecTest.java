package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonSpecTest {

    @Test
    void theNameIsThePidfilesUnlessItIsGiven() {
        assertThat(DaemonSpec.builder().build().name()).isEqualTo("daemon");
        assertThat(DaemonSpec.builder()
                        .pidfile(Path.of("/run/echo.pid"))
                        .build()
                        .name())
                .isEqualTo("echo");
        assertThat(DaemonSpec.builder().pidfile(Path.of("/run/echo")).build().name())
                .isEqualTo("echo");
        assertThat(DaemonSpec.builder().pidfile(Path.of("/run/.pid")).build().name())
                .isEqualTo(".pid");
        assertThat(DaemonSpec.builder()
                        .name("other")
                        .pidfile(Path.of("/run/echo.pid"))
                        .build()
                        .name())
                .isEqualTo("other");
    }

    @Test
    void aPidfileHasToBeOneOfTheKernelsAndADirectoryIsMadeOnlyForOne(@TempDir Path directory) throws Exception {
        try (FileSystem zip = FileSystems.newFileSystem(directory.resolve("a.zip"), Map.of("create", "true"))) {
            Path inZip = zip.getPath("/x.pid");

            assertThatExceptionOfType(InvalidDaemonSpecException.class)
                    .isThrownBy(() -> DaemonSpec.builder().pidfile(inZip).build())
                    .withMessageContaining("pidfile /x.pid: not in the default file system");
            assertThatExceptionOfType(UnusablePidfileException.class)
                    .isThrownBy(() -> Pidfile.lock(inZip))
                    .withMessageContaining("lock /x.pid: not in the default file system");
        }
        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(() -> DaemonSpec.builder()
                        .createPidfileDirectory()
                        .stopTimeout(Duration.ZERO)
                        .build())
                .withMessageContaining("createPidfileDirectory: there is no pidfile")
                .withMessageContaining("stopTimeout PT0S");
    }

    @Test
    void aLogIsForItsOwnerToWriteAndNotForEverybody() {
        for (int mode : new int[] {0600, 0640, 0664, 0200}) {
            DaemonSpec.builder().logMode(mode).build();
        }
        for (int mode : new int[] {0642, 0440, 0740, 01640, -1}) {
            assertThatExceptionOfType(InvalidDaemonSpecException.class)
                    .isThrownBy(() -> DaemonSpec.builder().logMode(mode).build())
                    .withMessageContaining(
                            "logMode 0" + Integer.toOctalString(mode) + ": a log is written by its owner");
        }
    }

    @Test
    void onlyFilesAreRotatedAndNoneOntoAnother() {
        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(() -> DaemonSpec.builder()
                        .rotateLogs(1000, 1)
                        .stderrToStdout()
                        .build())
                .withMessageContaining("rotateLogs: neither stdout nor stderr is a file");
        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(
                        () -> DaemonSpec.builder().rotateLogs(1000, 1).syslog().build())
                .withMessageContaining("rotateLogs: neither stdout nor stderr is a file");
        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(() -> DaemonSpec.builder()
                        .stdout(Path.of("log"))
                        .stderr(Path.of("log.12"))
                        .rotateLogs(0, 1001)
                        .build())
                .withMessageContaining("rotateLogs: log.12 is what another log is renamed to")
                .withMessageContaining("rotateLogs 0, 1001: give at least one byte, and 1 to 1000 files to keep.");
        DaemonSpec.builder()
                .stdout(Path.of("log"))
                .stderr(Path.of("log.err"))
                .rotateLogs(1, 1000)
                .build();
    }

    @Test
    void everythingThatIsWrongIsReportedAtOnce() {
        DaemonSpec.Builder builder = DaemonSpec.builder()
                .name("a/b")
                .umask(01000)
                .readyTimeout(Duration.ZERO)
                .environment("A=B", "x")
                .environment("C", "nul\0")
                .unsetEnvironment("")
                .jvmOptions("", "-jar")
                .launcherOptions("Xint", "-*", "-X*");

        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(builder::build)
                .satisfies(e -> {
                    assertThat(e.exitCode()).isEqualTo(DaemonException.EXIT_NOT_CONFIGURED);
                    assertThat(e.problems())
                            .satisfiesExactly(
                                    name -> assertThat(name).startsWith("name 'a/b':"),
                                    umask -> assertThat(umask).startsWith("umask 512:"),
                                    timeout -> assertThat(timeout).startsWith("readyTimeout PT0S:"),
                                    variable -> assertThat(variable).startsWith("environment name 'A=B':"),
                                    value -> assertThat(value).startsWith("environment C:"),
                                    unset -> assertThat(unset).startsWith("environment name '':"),
                                    option -> assertThat(option).startsWith("jvmOptions '':"),
                                    jar -> assertThat(jar).startsWith("jvmOptions '-jar':"),
                                    launcher -> assertThat(launcher)
                                            .startsWith("launcherOptions 'Xint': an option begins with '-';"),
                                    all -> assertThat(all).startsWith("launcherOptions '-*': would be all of them;"));
                });
    }

    @Test
    void aBuilderThatGoesOnDoesNotChangeWhatItBuilt() {
        DaemonSpec.Builder builder = DaemonSpec.builder().name("first");
        DaemonSpec first = builder.build();
        builder.name("second").pidfile(Path.of("x.pid"));

        assertThat(first.name()).isEqualTo("first");
        assertThat(first.pidfile()).isEmpty();
    }

    @Test
    void aCommandThatIsNoneIsRefused() {
        DaemonSpec spec = DaemonSpec.builder().build();

        assertThatExceptionOfType(InvalidDaemonSpecException.class).isThrownBy(spec::exec);
        assertThatExceptionOfType(InvalidDaemonSpecException.class).isThrownBy(() -> spec.exec(""));
        assertThatExceptionOfType(InvalidDaemonSpecException.class).isThrownBy(() -> spec.exec("true", "a\0b"));
    }

    @Test
    void aTestIsNoDaemon() {
        assertThat(DaemonSpec.isDaemon()).isFalse();
    }
}
