package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Daemons that do not want to end, and waiting for those that do, begin, or change. */
class StopScheduleIT {

    private static final Duration LONG = Duration.ofSeconds(50);

    /** Many times what it takes, and far less than what it would take to look once in a while. */
    private static final Duration SOON = Duration.ofMillis(900);

    private static final StopSchedule QUICK = StopSchedule.of(Signal.TERM, Duration.ofMillis(400))
            .then(Signal.QUIT, Duration.ofSeconds(1))
            .then(Signal.KILL, Duration.ofSeconds(10));

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path log;
    private Path gate;
    private DaemonControl control;

    @BeforeEach
    void nameFiles() {
        pidfile = directory.resolve("probe.pid");
        log = directory.resolve("probe.log");
        gate = directory.resolve("gate");
        control = DaemonControl.of(pidfile);
    }

    @Test
    void aDaemonWhoseShutdownHangsIsKilledAndItsThreadDumpIsInItsLog() throws Exception {
        start(daemon().with("deaf", ""));
        long pid = pid();

        StopResult result = control.stop(QUICK);

        assertThat(result).isInstanceOfSatisfying(StopResult.Stopped.class, stopped -> {
            assertThat(stopped.pid()).isEqualTo(pid);
            assertThat(stopped.signal()).isEqualTo(Signal.KILL);
            assertThat(stopped.took()).isBetween(Duration.ofMillis(1400), Duration.ofSeconds(20));
        });
        assertThat(Files.readString(log))
                .contains("Full thread dump", "at org.daemonspec.support.ProbeProgram.deafToSigterm(");
        assertThat(new ProcView(pid).isAlive()).isFalse();
        assertThat(pidfile).doesNotExist();
        assertThat(control.stop(QUICK)).isEqualTo(new StopResult.NotRunning());
        assertThat(control.stop()).isEqualTo(new StopResult.NotRunning());
    }

    @Test
    void theStopCommandSaysWhichSignalItTook() throws Exception {
        start(daemon().with("deaf", ""));
        long pid = pid();

        Finished stop = processes.run(Launcher.mode("main")
                .with("pidfile", pidfile)
                .with("quick", 300)
                .command("stop"));

        assertThat(stop.out()).matches("probe: stopped by SIGKILL \\(pid " + pid + ", \\d+ ms\\)\n");
        assertThat(stop).isEqualTo(new Finished(0, stop.out(), ""));
    }

    @Test
    void aScheduleThatIsOverIsNoStop() throws Exception {
        long pid = exec("sh", "-c", "trap '' TERM QUIT; while :; do sleep 1; done");
        Processes.await("the trap", () -> !new ProcView(pid).status("SigIgn").equals("0000000000000000"));

        assertThat(control.stop(
                        StopSchedule.of(Signal.TERM, Duration.ofMillis(100)).then(Signal.TERM, Duration.ofMillis(100))))
                .isInstanceOfSatisfying(StopResult.NotStopped.class, not -> {
                    assertThat(not.pid()).hasValue(pid);
                    assertThat(not.reason())
                            .isEqualTo("process " + pid
                                    + " has not ended after SIGTERM and 0.1 s, SIGTERM and 0.1 s; see its"
                                    + " state in ps");
                });

        assertThat(new ProcView(pid).isAlive()).isTrue();
        assertThat(pidfile).hasContent(Long.toString(pid));
        assertThat(control.stop(QUICK))
                .isInstanceOfSatisfying(
                        StopResult.Stopped.class,
                        stopped -> assertThat(stopped.signal()).isEqualTo(Signal.KILL));
    }

    @Test
    void aDaemonThatIsHaltedBySigstopIsStopped() throws Exception {
        long pid = exec("sleep", "60");
        assertThat(control.signal(Signal.STOP)).isEqualTo(new SignalResult.Sent(pid));
        Processes.await("the halt", () -> new ProcView(pid).status("State").startsWith("T"));

        assertThat(control.stop(QUICK)).isInstanceOf(StopResult.Stopped.class);

        assertThat(new ProcView(pid).isAlive()).isFalse();
        assertThat(control.status()).isEqualTo(new DaemonStatus.Stopped());
    }

    @Test
    void aStartThatIsUnderWayIsStopped() throws Exception {
        Process launcher = begin(daemon().with("gate", gate).with("onStop", "say"));
        awaitInLog("waiting\n");
        long pid = pid();

        assertThat(control.stop())
                .isInstanceOfSatisfying(
                        StopResult.Stopped.class,
                        stopped -> assertThat(stopped.signal()).isEqualTo(Signal.TERM));

        assertThat(new ProcView(pid).isAlive()).isFalse();
        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(launcher.exitValue()).isEqualTo(7);
        assertThat(log).hasContent("waiting\nstop handler\n");
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void whoWaitsForReadinessIsToldOfADaemonThatWasNotEvenBegun() throws Exception {
        CompletableFuture<Reported> ready = inBackground(() -> control.awaitReady(LONG));
        CompletableFuture<Reported> running = inBackground(() -> control.awaitReady(LONG));
        Process launcher = begin(daemon().with("gate", gate));
        awaitInLog("waiting\n");
        assertThat(ready).as("it is only starting").isNotDone();
        assertThat(control.awaitReady(Duration.ofMillis(50)))
                .isInstanceOfSatisfying(
                        DaemonStatus.Running.class,
                        status -> assertThat(status.ready()).isFalse());

        Files.createFile(gate);
        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        Instant event = Instant.now();

        for (Reported reported : List.of(ready.get(60, TimeUnit.SECONDS), running.get(60, TimeUnit.SECONDS))) {
            assertThat(reported.status()).isInstanceOfSatisfying(DaemonStatus.Running.class, status -> {
                assertThat(status.pid()).hasValue(pid());
                assertThat(status.ready()).isTrue();
            });
            assertThat(Duration.between(event, reported.at())).isLessThan(SOON);
        }
        assertThat(control.awaitReady(Duration.ZERO)).as("at once").isEqualTo(control.status());
    }

    @Test
    void whoWaitsForReadinessWaitsOnWhenTheDaemonEnds() throws Exception {
        long first = exec("sh", "-c", "exec sleep 60");
        control.stop();
        Process launcher = begin(daemon().with("gate", gate));
        awaitInLog("waiting\n");
        CompletableFuture<Reported> ready = inBackground(() -> control.awaitReady(LONG));
        control.stop();
        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(ready).isNotDone();

        long second = exec("sleep", "60");
        Instant event = Instant.now();

        Reported reported = ready.get(60, TimeUnit.SECONDS);
        assertThat(second).isNotEqualTo(first);
        assertThat(reported.status())
                .isInstanceOfSatisfying(
                        DaemonStatus.Running.class,
                        status -> assertThat(status.pid()).isEqualTo(OptionalLong.of(second)));
        assertThat(Duration.between(event, reported.at())).isLessThan(SOON);
    }

    @Test
    void whoWaitsForTheEndIsToldOfAStop() throws Exception {
        long pid = exec("sleep", "60");
        CompletableFuture<Reported> stopped = inBackground(() -> control.awaitStopped(LONG));
        assertThat(control.awaitStopped(Duration.ofMillis(300)))
                .isInstanceOfSatisfying(
                        DaemonStatus.Running.class,
                        status -> assertThat(status.pid()).hasValue(pid));
        assertThat(stopped).isNotDone();

        control.stop();
        Instant event = Instant.now();

        Reported reported = stopped.get(60, TimeUnit.SECONDS);
        assertThat(reported.status()).isInstanceOfAny(DaemonStatus.Stopped.class, DaemonStatus.Stale.class);
        assertThat(Duration.between(event, reported.at())).isLessThan(SOON);
        assertThat(control.awaitStopped(LONG)).isEqualTo(new DaemonStatus.Stopped());
    }

    @Test
    void whoWaitsForTheEndIsToldOfADaemonThatIsKilledAndOfOneThatEndsByItself() throws Exception {
        long pid = exec("sleep", "60");
        CompletableFuture<Reported> stopped = inBackground(() -> control.awaitStopped(LONG));
        assertThat(stopped).isNotDone();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Instant event = Instant.now();

        Reported reported = stopped.get(60, TimeUnit.SECONDS);
        assertThat(reported.status()).isEqualTo(new DaemonStatus.Stale(pidfile));
        assertThat(Duration.between(event, reported.at())).isLessThan(SOON);

        exec("sleep", "0.3");
        assertThat(control.awaitStopped(LONG)).isEqualTo(new DaemonStatus.Stale(pidfile));
    }

    @Test
    void waitingCostsNoTimeOfTheProcessor() throws Exception {
        exec("sleep", "60");
        long[] used = new long[1];
        Thread waiting = new Thread(() -> {
            control.awaitStopped(Duration.ofMillis(100)); // loads what it needs
            long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            control.awaitStopped(Duration.ofSeconds(3));
            used[0] = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
        });

        waiting.start();
        waiting.join();

        assertThat(Duration.ofNanos(used[0])).isBetween(Duration.ofNanos(1), Duration.ofMillis(300));
    }

    /** What a wait has reported, and when. */
    private record Reported(DaemonStatus status, Instant at) {}

    private static CompletableFuture<Reported> inBackground(Supplier<DaemonStatus> wait) throws InterruptedException {
        CompletableFuture<Reported> reported = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            try {
                DaemonStatus status = wait.get();
                reported.complete(new Reported(status, Instant.now()));
            } catch (RuntimeException | Error e) {
                reported.completeExceptionally(e);
            }
        });
        Thread.sleep(200); // so that it does wait; if not, the test shows less, and does not fail
        assertThat(thread.isAlive()).isTrue();
        return reported;
    }

    private Launcher daemon() {
        return Launcher.mode("handlers")
                .with("pidfile", pidfile)
                .with("stdout", log)
                .with("stderrToStdout", "");
    }

    private void start(Launcher launcher) throws Exception {
        assertThat(processes.run(launcher.command())).isEqualTo(new Finished(0, "", ""));
    }

    private Process begin(Launcher launcher) throws IOException {
        return processes
                .builder(launcher.command())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private long exec(String... command) {
        long pid = DaemonSpec.builder().pidfile(pidfile).exec(command).pid();
        processes.own(pid);
        return pid;
    }

    private void awaitInLog(String text) throws InterruptedException {
        Processes.await(text + " in the log", () -> {
            try {
                return Files.exists(log) && Files.readString(log).contains(text);
            } catch (IOException e) {
                return false;
            }
        });
    }

    private long pid() {
        return ProcView.ofPidfile(pidfile).pid();
    }
}
