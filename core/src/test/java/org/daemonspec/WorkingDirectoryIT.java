package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class WorkingDirectoryIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path above;
    private Path work;

    @BeforeEach
    void nameFiles() {
        pidfile = directory.resolve("probe.pid");
        above = directory.resolve("a");
        work = above.resolve("b/work");
    }

    @Test
    void itIsMadeWithExactlyItsModeWhateverTheUmask() throws Exception {
        List<String> underUmask = new ArrayList<>(List.of("sh", "-c", "umask 077; exec \"$@\"", "sh"));
        underUmask.addAll(launcher("detach", "2775").command());

        Finished launcher = processes.run(underUmask);

        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        assertThat(ProcView.ofPidfile(pidfile).workingDirectory()).isEqualTo(work.toRealPath());
        assertThat(mode(work)).isEqualTo("2775");
        assertThat(mode(above.resolve("b"))).isEqualTo("755");
        assertThat(mode(above)).isEqualTo("755");
    }

    @Test
    void oneThatExistsIsLeftAsItIs() throws Exception {
        Files.createDirectories(work);
        Files.setAttribute(work, "unix:mode", 0705);

        assertThat(processes.run(launcher("detach", "0750").command()).exitCode())
                .isZero();

        assertThat(mode(work)).isEqualTo("705");
    }

    @Test
    void aStartThatFailsTakesAwayWhatItMade() throws Exception {
        Finished launcher = processes.run(launcher("fail", "0750").command());

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(above).doesNotExist();
    }

    @Test
    void aStartThatFailsLeavesWhatWasThereAndWhatIsInUse() throws Exception {
        Files.createDirectories(above.resolve("b"));
        assertThat(processes.run(launcher("fail", "0750").command()).exitCode()).isEqualTo(7);
        assertThat(above.resolve("b")).isEmptyDirectory();

        Launcher leavesAFile = launcher("fail", "0750").with("stderr", directory.resolve("log"));
        assertThat(processes
                        .run(leavesAFile
                                .with("jvmOption", "-Xlog:gc:file=" + work.resolve("gc.log"))
                                .command())
                        .exitCode())
                .isEqualTo(7);
        assertThat(work).isNotEmptyDirectory();
    }

    @Test
    void aSymbolicLinkThatLeadsNowhereIsNotFollowed() throws Exception {
        Files.createDirectories(above.resolve("b"));
        Path elsewhere = directory.resolve("elsewhere");
        Files.createSymbolicLink(work, elsewhere);

        Finished launcher = processes.run(launcher("detach", "0750").command());

        assertThat(launcher.exitCode()).isNotZero();
        assertThat(launcher.err()).contains("ENOENT");
        assertThat(elsewhere).doesNotExist();
        assertThat(work).isSymbolicLink();
    }

    @Test
    void whereItCannotBeMadeIsSaidBeforeAnythingIsStarted() throws Exception {
        Files.writeString(above, "a file");

        Finished launcher = processes.run(launcher("detach", "0750").command());

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_CONFIGURED);
        assertThat(launcher.err()).contains("workingDirectory ", "ENOTDIR");
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void modesThatMakeNoSenseAreRefusedAtOnce() {
        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(
                        () -> DaemonSpec.builder().createWorkingDirectory(0777).build())
                .satisfies(e -> assertThat(e.problems())
                        .satisfiesExactly(
                                mode -> assertThat(mode)
                                        .startsWith("createWorkingDirectory 0777: everybody could write it"),
                                where -> assertThat(where).contains("there is no workingDirectory to be made")));
        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(() -> DaemonSpec.builder()
                        .workingDirectory(work)
                        .createWorkingDirectory(040)
                        .preserve(-1, 0, 2, 3)
                        .build())
                .satisfies(e -> assertThat(e.problems())
                        .satisfiesExactly(
                                mode -> assertThat(mode).contains("its owner could not enter it"),
                                negative -> assertThat(negative).startsWith("preserve -1: give 3 or more"),
                                stdin -> assertThat(stdin).startsWith("preserve 0: "),
                                stderr -> assertThat(stderr).startsWith("preserve 2: ")));
        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(() -> DaemonSpec.builder()
                        .workingDirectory(work)
                        .createWorkingDirectory(010000)
                        .build())
                .withMessageContaining("createWorkingDirectory 010000: give 0100 to 07775");
    }

    private Launcher launcher(String mode, String workingDirectoryMode) {
        return Launcher.mode(mode).with("pidfile", pidfile).with("cwd", work).with("createCwd", workingDirectoryMode);
    }

    private static String mode(Path path) throws Exception {
        return Integer.toOctalString((int) Files.getAttribute(path, "unix:mode") & 07777);
    }
}
