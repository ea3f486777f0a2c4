package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.daemonspec.ContextDaemons.Kind;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Somebody deletes, replaces or rewrites the pidfile, or takes its directory away, while the daemon runs. Whatever they write there, only a
 * process that holds the lock of the file at the path is signalled; who cannot be found is left alone, and its end removes no other's file.
 */
class DisturbedPidfileIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path home;
    private Path pidfile;
    private Path log;
    private DaemonControl control;
    private ProcView stranger;

    /** What becomes of the file at the path. */
    enum Disturbance {
        DELETED,
        REPLACED_BY_A_FORGERY,
        REPLACED_BY_A_COPY,
        DIRECTORY_RENAMED,
        DIRECTORY_DELETED
    }

    @BeforeEach
    void make() throws Exception {
        home = Files.createDirectory(directory.toRealPath().resolve("home"));
        pidfile = home.resolve("probe.pid");
        log = directory.toRealPath().resolve("probe.log");
        control = DaemonControl.of(pidfile);
        stranger =
                new ProcView(processes.builder(List.of("sleep", "600")).start().pid());
    }

    // The path leads to the daemon's file no more

    @ParameterizedTest
    @CsvSource({
        "TASK, DELETED",
        "TASK, REPLACED_BY_A_FORGERY",
        "TASK, REPLACED_BY_A_COPY",
        "TASK, DIRECTORY_RENAMED",
        "TASK, DIRECTORY_DELETED",
        "PROGRAM, DELETED",
        "PROGRAM, REPLACED_BY_A_FORGERY",
        "PROGRAM, REPLACED_BY_A_COPY",
        "PROGRAM, DIRECTORY_RENAMED",
        "PROGRAM, DIRECTORY_DELETED"
    })
    void nobodyIsFoundNorSignalledAndNoOthersFileIsRemoved(Kind kind, Disturbance disturbance) throws Exception {
        ProcView daemon = start(kind);
        disturb(disturbance, daemon);
        boolean isReplaced = Files.exists(pidfile);

        assertThat(control.status())
                .isEqualTo(isReplaced ? new DaemonStatus.Stale(pidfile) : new DaemonStatus.Stopped());
        assertThat(control.inspect().toString())
                .containsPattern(isReplaced ? "FAIL +pidfile-lock " : "there is no pidfile " + pidfile);
        assertThat(control.reload()).isEqualTo(new SignalResult.NotRunning());
        assertThat(control.signal(Signal.KILL)).isEqualTo(new SignalResult.NotRunning());
        assertThat(control.stop()).isEqualTo(new StopResult.NotRunning());
        assertThat(pidfile).as("a stale file is removed").doesNotExist();

        if (Files.notExists(home)) {
            assertThat(face(kind, "start"))
                    .isEqualTo(new Finished(
                            DaemonException.EXIT_NOT_CONFIGURED,
                            "",
                            "probe: not started: pidfile " + pidfile + ": ENOENT (no directory " + home
                                    + "); make the directory " + home + " first.\n"));
            Files.createDirectory(home);
        }
        ProcView second = start(kind);
        assertThat(second).isNotEqualTo(daemon);
        assertThat(daemon.isAlive()).as("nobody has told it to end").isTrue();
        end(daemon);
        assertIsNamed(second);
        assertThat(control.stop())
                .asInstanceOf(type(StopResult.Stopped.class))
                .satisfies(stopped -> assertThat(stopped.pid()).isEqualTo(second.pid()));
        assertThat(home).isEmptyDirectory();
        assertThat(stranger.isAlive()).isTrue();
    }

    /** With {@code restart} there is none to be stopped, and one is started. */
    @Test
    void aRestartLeavesTheStrangerAlone() throws Exception {
        ProcView daemon = start(Kind.TASK);
        disturb(Disturbance.REPLACED_BY_A_FORGERY, daemon);

        Finished restart = face(Kind.TASK, "restart");

        assertThat(restart.out()).startsWith("probe: started (pid ");
        assertThat(stranger.isAlive()).isTrue();
        assertThat(daemon.isAlive()).isTrue();
        end(daemon);
        assertThat(control.stop()).isInstanceOf(StopResult.Stopped.class);
    }

    /** Two that end at the same time: the one whose file it is removes it. */
    @Test
    void aPidfileIsRemovedByTheOneWhoseItIs() throws Exception {
        ProcView daemon = start(Kind.TASK);
        Path aside = Files.move(pidfile, home.resolve("aside"));
        ProcView second = start(Kind.TASK);

        end(daemon);
        assertIsNamed(second);
        assertThat(aside).as("it is not at the path that it was given").exists();
        end(second);

        assertThat(pidfile).doesNotExist();
    }

    // It is the daemon's file, and says something else

    @ParameterizedTest
    @CsvSource({"truncated, ''", "a stranger's pid, '%d\n'", "a pid of nobody, '4194304\n'", "a scribble, scribble"})
    void aTaskIsFoundByWhatTheKernelSaysOfItsLock(String what, String content) throws Exception {
        ProcView daemon = start(Kind.TASK);
        Files.writeString(pidfile, content.formatted(stranger.pid()));

        assertThat(control.status())
                .as(what)
                .asInstanceOf(type(DaemonStatus.Running.class))
                .satisfies(running -> assertThat(running.pid()).hasValue(daemon.pid()))
                .satisfies(running -> assertThat(running.ready()).isTrue());
        assertThat(control.inspect().pid()).hasValue(daemon.pid());
        assertThat(face(Kind.TASK, "start").err()).isEqualTo("probe: already running (pid " + daemon.pid() + ").\n");
        assertThat(control.reload()).isEqualTo(new SignalResult.Sent(daemon.pid()));
        Processes.await("the reload", () -> log.toFile().length() >= "ready\nreload handler\n".length());
        assertThat(control.stop())
                .asInstanceOf(type(StopResult.Stopped.class))
                .satisfies(stopped -> assertThat(stopped.pid()).isEqualTo(daemon.pid()));

        assertThat(stranger.isAlive()).isTrue();
        assertThat(home).isEmptyDirectory();
    }

    /** A program says nothing of itself, and a child of it holds the lock as well: it is not guessed at. */
    @Test
    void aProgramIsNotGuessedAtButNamed() throws Exception {
        ProcView daemon = start(Kind.PROGRAM);
        Files.writeString(pidfile, stranger.pid() + "\n");

        assertThat(control.status())
                .asInstanceOf(type(DaemonStatus.Running.class))
                .satisfies(running -> assertThat(running.pid()).isEmpty());
        assertThat(control.stop())
                .asInstanceOf(type(StopResult.NotStopped.class))
                .satisfies(not -> assertThat(not.reason())
                        .isEqualTo("process " + daemon.pid() + " holds the lock on " + pidfile
                                + ", which does not name it, so it may be a child of the daemon's; if it is the daemon,"
                                + " write its pid there, or end it by hand"));
        assertThat(daemon.isAlive()).isTrue();
        assertThat(stranger.isAlive()).isTrue();

        Files.writeString(pidfile, daemon.pid() + "\n");
        assertThat(control.stop()).isInstanceOf(StopResult.Stopped.class);
        assertThat(home).isEmptyDirectory();
    }

    @ParameterizedTest
    @EnumSource
    void noSecondOneIsStartedBesideAFileThatIsLockedWhateverItSays(Kind kind) throws Exception {
        ProcView daemon = start(kind);
        Files.writeString(pidfile, "");

        Finished start = face(kind, "start");

        assertThat(start.exitCode()).isEqualTo(DaemonException.EXIT_ALREADY_RUNNING);
        assertThat(start.err()).startsWith("probe: already running (");
        assertThat(daemon.isAlive()).isTrue();
    }

    private void disturb(Disturbance disturbance, ProcView daemon) throws IOException {
        switch (disturbance) {
            case DELETED -> Files.delete(pidfile);
            case REPLACED_BY_A_FORGERY -> replace(stranger);
            case REPLACED_BY_A_COPY -> replace(daemon);
            case DIRECTORY_RENAMED -> Files.move(home, home.resolveSibling("away"));
            case DIRECTORY_DELETED -> {
                Files.delete(pidfile);
                Files.delete(home);
            }
        }
    }

    private void replace(ProcView named) throws IOException {
        Path other = Files.writeString(home.resolve("other"), named.pid() + "\n");
        Files.move(other, pidfile, StandardCopyOption.ATOMIC_MOVE);
    }

    private void assertIsNamed(ProcView daemon) throws IOException {
        assertThat(pidfile).hasContent(Long.toString(daemon.pid()));
        assertThat(control.status())
                .asInstanceOf(type(DaemonStatus.Running.class))
                .satisfies(running -> assertThat(running.pid()).hasValue(daemon.pid()));
    }

    private static void end(ProcView process) throws InterruptedException {
        ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroy);
        Processes.await("its end", () -> !process.isAlive());
    }

    private ProcView start(Kind kind) throws Exception {
        Finished start = face(kind, "start");
        assertThat(start.exitCode()).as(start.toString()).isZero();
        return ProcView.ofPidfile(pidfile);
    }

    private Finished face(Kind kind, String word) throws Exception {
        Launcher launcher = Launcher.mode(kind == Kind.TASK ? "main" : "main-program")
                .with("name", "probe")
                .with("pidfile", pidfile);
        if (kind == Kind.TASK) {
            launcher.with("stdout", log).with("stderrToStdout", "").with("onReload", "say");
        }
        return processes.run(launcher.command(word));
    }
}
