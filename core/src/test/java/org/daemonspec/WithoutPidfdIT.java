package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Control where the kernel has no pidfd_open(2), or a seccomp filter that does not know it: strace(1) answers for them. */
class WithoutPidfdIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path log;
    private Path trace;

    @BeforeEach
    void nameFiles() throws Exception {
        pidfile = directory.resolve("probe.pid");
        log = directory.resolve("probe.log");
        trace = directory.resolve("trace");
        assumeTrue(isInstalled("strace"), "strace is not installed");
        assumeTrue(
                processes.run(without("ENOSYS", List.of("true"))).exitCode() == 0,
                "strace may not trace here: ptrace(2) is not allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENOSYS", "EPERM"})
    void aDaemonIsReloadedLookedAtAndStopped(String errno) throws Exception {
        start(Launcher.mode("handlers").with("onReload", "say").with("onStop", "say"));
        long pid = pid();

        assertThat(face(errno, "status").out()).startsWith("probe: running (pid " + pid + ", since ");
        assertThat(face(errno, "reload")).isEqualTo(new Finished(0, "probe: told to reload (pid " + pid + ")\n", ""));
        assertThatPidfdWasRefused(errno);
        awaitInLog("reload handler\n");
        assertThat(new ProcView(pid).isAlive()).isTrue();

        Finished stop = face(errno, "stop");

        assertThatPidfdWasRefused(errno);
        assertThat(stop.out()).matches("probe: stopped \\(pid " + pid + ", .*\\)\n");
        assertThat(stop).isEqualTo(new Finished(0, stop.out(), ""));
        assertThat(log).hasContent("ready\nreload handler\nstop handler\n");
        assertThat(new ProcView(pid).isAlive()).isFalse();
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aDaemonThatIgnoresSigtermIsKilled() throws Exception {
        start(Launcher.mode("handlers").with("deaf", ""));
        long pid = pid();

        Finished stop = processes.run(without(
                "ENOSYS",
                Launcher.mode("main")
                        .with("pidfile", pidfile)
                        .with("quick", 300)
                        .command("stop")));

        assertThatPidfdWasRefused("ENOSYS");
        assertThat(stop.out()).matches("probe: stopped by SIGKILL \\(pid " + pid + ", .*\\)\n");
        assertThat(Files.readString(log)).contains("Full thread dump", "deafToSigterm(");
        assertThat(new ProcView(pid).isAlive()).isFalse();
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aStrangerWhosePidIsInThePidfileIsLeftAlone() throws Exception {
        Process stranger = processes.builder(List.of("sleep", "60")).start();
        Files.writeString(pidfile, stranger.pid() + "\n");

        assertThat(face("ENOSYS", "status").exitCode()).isEqualTo(1);
        assertThat(face("ENOSYS", "reload").exitCode()).isEqualTo(7);
        assertThat(face("ENOSYS", "stop")).isEqualTo(new Finished(0, "probe: not running\n", ""));

        assertThat(stranger.isAlive()).isTrue();
        assertThat(pidfile).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "KILL"})
    void whoWaitsForTheEndIsToldOfIt(String signal) throws Exception {
        start(Launcher.mode("handlers"));
        long pid = pid();
        Path output = directory.resolve("output");
        Process waiting = processes
                .builder(without(
                        "ENOSYS",
                        Launcher.mode("await").with("pidfile", pidfile).command("stopped")))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Processes.await("the wait", () -> hasRefused("ENOSYS"));
        assertThat(waiting.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();

        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();

        assertThat(waiting.waitFor(20, TimeUnit.SECONDS))
                .as("far less than the 50 s that it may wait")
                .isTrue();
        assertThat(Files.readString(output)).matches("(Stopped\\[\\]|Stale\\[pidfile=" + pidfile + "\\])\n");
    }

    private void start(Launcher launcher) throws Exception {
        List<String> command = launcher.with("pidfile", pidfile)
                .with("stdout", log)
                .with("stderrToStdout", "")
                .command();
        assertThat(processes.run(command)).isEqualTo(new Finished(0, "", ""));
    }

    private Finished face(String errno, String word) throws Exception {
        return processes.run(
                without(errno, Launcher.mode("main").with("pidfile", pidfile).command(word)));
    }

    /** The command on a kernel that answers pidfd_open(2) like this. */
    private List<String> without(String errno, List<String> command) {
        List<String> traced = new ArrayList<>(List.of(
                "strace",
                "-f",
                "-qq",
                "-o",
                trace.toString(),
                "-e",
                "trace=pidfd_open",
                "-e",
                "signal=none",
                "-e",
                "inject=pidfd_open:error=" + errno));
        traced.addAll(command);
        return traced;
    }

    private void assertThatPidfdWasRefused(String errno) {
        assertThat(hasRefused(errno)).as("pidfd_open was tried, and refused").isTrue();
    }

    private boolean hasRefused(String errno) {
        try {
            return Files.exists(trace)
                    && Files.readString(trace).contains("= -1 " + errno)
                    && Files.readString(trace).contains("(INJECTED)");
        } catch (IOException e) {
            return false;
        }
    }

    private void awaitInLog(String text) throws InterruptedException {
        Processes.await(text + " in the log", () -> {
            try {
                return Files.readString(log).contains(text);
            } catch (IOException e) {
                return false;
            }
        });
    }

    private boolean isInstalled(String program) throws Exception {
        return processes.run(List.of("sh", "-c", "command -v " + program)).exitCode() == 0;
    }

    private long pid() {
        return ProcView.ofPidfile(pidfile).pid();
    }
}
