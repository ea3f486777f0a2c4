package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.daemonspec.support.CProgram;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A whole life below a seccomp(2) filter that is older than a system call: launcher and daemon are both below it. {@link WithoutPidfdIT}
 * looks at control without pidfd_open(2) alone.
 */
class SeccompIT {

    private static final String EPERM_TO_CLONE3 = "pthread_create failed (EPERM)";

    @TempDir
    static Path programs;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path log;

    @BeforeAll
    static void compile() throws Exception {
        CProgram.compile("without", programs.resolve("without"));
    }

    @BeforeEach
    void name() throws Exception {
        pidfile = directory.toRealPath().resolve("probe.pid");
        log = directory.toRealPath().resolve("probe.log");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ENOSYS | clone3,close_range,pidfd_open,pidfd_send_signal
        EPERM  | close_range,pidfd_open,pidfd_send_signal
        ENOSYS | pidfd_send_signal
        EPERM  | pidfd_send_signal
        """)
    void aTaskIsStartedReloadedRestartedAndStopped(String errno, String calls) throws Exception {
        Prefix without = without(errno, calls);

        assertThat(face(without, task(), "start").out()).startsWith("probe: started (pid ");
        ProcView first = ProcView.ofPidfile(pidfile);
        assertThat(first.status("Seccomp")).as("below the filter").isEqualTo("2");
        assertThat(face(without, task(), "status").out()).startsWith("probe: running (pid " + first.pid() + ", since ");
        assertThat(face(without, task(), "reload").out())
                .isEqualTo("probe: told to reload (pid " + first.pid() + ")\n");
        Processes.await("the reload", () -> log.toFile().length() >= "ready\nreload handler\n".length());
        assertThat(face(without, task(), "restart").out())
                .startsWith("probe: stopped (pid " + first.pid() + ", ")
                .contains("\nprobe: started (pid ");
        ProcView second = ProcView.ofPidfile(pidfile);
        assertThat(face(without, task(), "stop").out()).startsWith("probe: stopped (pid " + second.pid() + ", ");

        assertThat(log).content().isEqualTo("ready\nreload handler\nstop handler\nready\nstop handler\n");
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ENOSYS | clone3,close_range,pidfd_open,pidfd_send_signal
        EPERM  | close_range,pidfd_open,pidfd_send_signal
        EPERM  | pidfd_send_signal
        """)
    void aProgramIsStartedRestartedAndStopped(String errno, String calls) throws Exception {
        Prefix without = without(errno, calls);
        Launcher program = Launcher.mode("main-program").with("name", "probe").with("pidfile", pidfile);

        assertThat(face(without, program, "start").out()).startsWith("probe: started (pid ");
        ProcView first = ProcView.ofPidfile(pidfile);
        assertThat(first.descriptorsOnceLoaded()).containsOnlyKeys(0, 1, 2, 3);
        assertThat(face(without, program, "status").out())
                .startsWith("probe: running (pid " + first.pid() + ", since ");
        assertThat(face(without, program, "restart").out())
                .startsWith("probe: stopped (pid " + first.pid() + ", ")
                .contains("\nprobe: started (pid ");
        assertThat(face(without, program, "stop").out()).startsWith("probe: stopped (pid ");

        assertNothingIsLeft();
    }

    /** The launcher has to end what it has made. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ENOSYS | pidfd_send_signal
        EPERM  | pidfd_send_signal
        EPERM  | pidfd_open,pidfd_send_signal
        """)
    void aTaskThatIsNeverReadyIsEnded(String errno, String calls) throws Exception {
        Finished start = processes.run(without(errno, calls)
                .before(task().with("gate", directory.resolve("never"))
                        .with("timeout", 1500)
                        .command("start")));

        assertThat(start.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(start.err())
                .startsWith("probe: start failed: not ready after 1.5 s (readyTimeout), so it was terminated; ");
        assertNothingIsLeft();
    }

    /** To EPERM from clone3(2) the C library knows no answer, and no JVM comes up: it says so itself. */
    @Test
    void whereTheJvmItselfCannotBeItIsTheJvmThatSaysSo() throws Exception {
        Finished start = processes.run(without("EPERM", "clone3").before(task().command("start")));

        if (start.exitCode() == 0) { // by a C library from before that call
            assertThat(DaemonControl.of(pidfile).stop()).isInstanceOf(StopResult.Stopped.class);
        } else {
            assertThat(start.out() + start.err()).contains(EPERM_TO_CLONE3).doesNotContain("probe: ");
        }
        assertNothingIsLeft();
    }

    private Launcher task() {
        return Launcher.mode("main")
                .with("name", "probe")
                .with("pidfile", pidfile)
                .with("stdout", log)
                .with("onReload", "say")
                .with("onStop", "say");
    }

    private static Prefix without(String errno, String calls) {
        return Prefix.of(programs.resolve("without").toString(), errno, calls);
    }

    private Finished face(Prefix prefix, Launcher launcher, String word) throws Exception {
        Finished finished = processes.run(prefix.before(launcher.command(word)));
        assertThat(finished).isEqualTo(new Finished(0, finished.out(), ""));
        return finished;
    }

    private void assertNothingIsLeft() throws Exception {
        assertThat(processes.marked()).isEmpty();
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString())).isSubsetOf("probe.log");
        }
    }
}
