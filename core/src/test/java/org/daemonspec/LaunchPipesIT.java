package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@link PipesProgram} in its several modes. */
class LaunchPipesIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;

    @BeforeEach
    void nameFiles() {
        pidfile = directory.resolve("pipes.pid");
    }

    @Test
    void aSecretGoesInByStdinAndTheFirstOutputComesOutAsItIsWritten() throws Exception {
        Finished program = run("talk");

        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertThat(program.exitCode()).as(program.err()).isZero();
        assertThat(program.out().lines())
                .as("each line was answered before the next was written")
                .containsExactly(
                        "daemon: give me the secret",
                        "daemon: it has 11 characters",
                        "complaint: and that is all",
                        "end of file",
                        "launched " + daemon.pid(),
                        "pipes left: 0");
        assertThat(daemon.descriptors())
                .containsEntry(0, "/dev/null")
                .containsEntry(1, "/dev/null")
                .containsEntry(2, "/dev/null");
        assertThat(daemon.descriptors().values()).noneMatch(file -> file.startsWith("pipe:"));
        assertThat(daemon.arguments()).noneMatch(argument -> argument.contains("correct"));
    }

    @Test
    void thePipesAreClosedOnExecInTheLauncher() throws Exception {
        Finished program = run("flags");

        assertThat(program.exitCode()).as(program.err()).isZero();
        assertThat(program.out()).contains("inherited by children: []");
    }

    @Test
    void aDaemonThatDiesLeavesItsLastWordsToTheAttendant() throws Exception {
        Finished program = run("die");

        assertThat(program.out()).startsWith("attendant read: last words\n");
        assertThat(program.err())
                .contains("StartFailedException", "(exit status 3)", "what it wrote went to the attendant");
        assertNothingIsLeft();
    }

    @Test
    void theReasonOfATaskThatFailsIsToldThoughTheAttendantFailsForIt() throws Exception {
        Finished program = run("fail-both");

        assertThat(program.err())
                .contains("start failed: java.lang.IllegalStateException: the task failed")
                .contains("Caused by: java.io.IOException", "EPIPE");
        assertNothingIsLeft();
    }

    @Test
    void anAttendantThatThrowsCancelsTheStart() throws Exception {
        Finished program = run("throw");

        assertThat(program.err())
                .contains("StartFailedException", "the attendant failed with java.io.IOException: no secret today")
                .contains("Caused by: java.io.IOException: no secret today");
        assertNothingIsLeft();
    }

    @Test
    void anAttendantThatThrowsAfterReadyCancelsTheStartToo() throws Exception {
        Finished program = run("throw-late");

        assertThat(program.err()).contains("StartFailedException", "the attendant failed with java.io.IOException");
        assertNothingIsLeft();
    }

    @Test
    void anAttendantThatNeverReturnsIsLeftBehindInTheEnd() throws Exception {
        Finished program = run("never-return");

        assertThat(program.err())
                .contains("StartFailedException", "the attendant had not returned after 5 s", "was terminated");
        assertThat(program.out()).contains("interrupted", "pipes left: 0");
        assertNothingIsLeft();
    }

    @Test
    void aDaemonWhoseOutputNobodyReadsEndsInATimeoutThatSaysSo() throws Exception {
        Finished program = run("never-read");

        assertThat(program.err()).contains("not ready after 5 s", "there is output that it has not read", "(64 KiB)");
        assertNothingIsLeft();
    }

    @Test
    void aStreamThatGoesToAFileStaysThereAndHasNoPipe() throws Exception {
        Path log = directory.resolve("log");
        Finished program = processes.run(
                PipesProgram.command("file", pidfile, "stdout=" + log, "stderrToStdout=", "stdin=/dev/zero"));

        assertThat(program.exitCode()).as(program.err()).isZero();
        assertThat(program.out())
                .contains("stdin: no pipe", "stdout: no pipe", "stderr: no pipe")
                .contains("launched ");
        assertThat(Files.readString(log)).isEqualTo("to the log\nto the log, too\n");
        assertThat(ProcView.ofPidfile(pidfile).descriptors()).containsEntry(0, "/dev/zero");
    }

    @Test
    void stderrToStdoutIsOnePipe() throws Exception {
        Finished program = processes.run(PipesProgram.command("one-pipe", pidfile, "stderrToStdout="));

        assertThat(program.exitCode()).as(program.err()).isZero();
        assertThat(program.out()).contains("read: out\nread: err\n", "stderr: no pipe");
    }

    @Test
    void withoutAnAttendantNothingIsAPipe() throws Exception {
        assertThat(processes
                        .run(Launcher.mode("launch").with("pidfile", pidfile).command())
                        .exitCode())
                .isZero();

        assertThat(ProcView.ofPidfile(pidfile).descriptors()).containsEntry(0, "/dev/null");
    }

    private Finished run(String mode) throws Exception {
        return processes.run(PipesProgram.command(mode, pidfile));
    }

    private void assertNothingIsLeft() throws Exception {
        assertThat(pidfile).doesNotExist();
        assertThat(processes.marked()).as("processes").isEmpty();
    }
}
