package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.daemonspec.internal.posix.Posix;
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

/**
 * Whichever of its processes is killed, and when: after that the daemon can be started, or goes on and is known, and when it is
 * stopped nothing is left of either start.
 */
class KilledStartIT {

    /** The descriptor of the lock in a JVM that is a daemon. */
    private static final int LOCK = 5;

    private static final int MOST_ATTEMPTS = 50;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private final Set<Long> everSeen = new TreeSet<>();
    private Path pidfile;
    private Path log;
    private Path mainGate;
    private Path gate;
    private Path output;

    @BeforeEach
    void nameFiles() throws IOException {
        pidfile = directory.toRealPath().resolve("probe.pid");
        log = directory.resolve("probe.log");
        mainGate = directory.resolve("main-gate");
        gate = directory.resolve("gate");
        output = directory.resolve("output");
    }

    @Test
    void aLauncherKilledBeforeItHasLockedLeavesNothing() throws Exception {
        Process launcher = start(launcher().with("mainGate", mainGate).command("start"));
        Processes.await("main to wait", () -> read(output).equals("main waits\n"));
        assertThat(pidfile).doesNotExist();

        kill(launcher);

        assertThat(seen()).isEmpty();
        assertThat(pidfile).doesNotExist();
        assertNextStartWorks();
    }

    @Test
    void aLauncherKilledWhileItHoldsTheLockAndThereIsNoDaemonYetLeavesTheLockFree() throws Exception {
        Process launcher = startStoppedWithLock();

        kill(launcher);

        assertThat(seen()).isEmpty();
        assertThat(DaemonControl.of(pidfile).status())
                .isInstanceOfAny(DaemonStatus.Stale.class, DaemonStatus.Stopped.class);
        assertNextStartWorks();
    }

    @Test
    void aLauncherKilledWhileItsDaemonStartsLeavesADaemonThatGoesOn() throws Exception {
        Path pause = directory.resolve("pause");
        Process launcher = start(pausing(pause).command("start"));
        Processes.await("the daemon's JVM to pause", () -> Files.exists(pause));
        Processes.await("its pid", () -> !read(pidfile).isBlank());

        kill(launcher);
        ProcView daemon = theOnlyOne();
        Files.delete(pause);

        assertGoesOn(daemon);
    }

    @Test
    void aLauncherKilledWhileItWaitsForReadyLeavesADaemonThatGoesOn() throws Exception {
        Process launcher = startWaiting();

        kill(launcher);

        assertGoesOn(theOnlyOne());
    }

    /** The launcher, in the order of its system calls, each being its thread's n-th of the name. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "flock, 1, false",
        "fchmod, 1, false",
        "pwrite64, 1, false",
        "memfd_create, 1, false",
        "memfd_create, 2, false",
        "pipe2, 1, false",
        "socketpair, 1, false",
        "pwrite64, 2, true",
        "ftruncate, 1, true",
        "poll, 2, true",
    })
    void aLauncherKilledAtASystemCallLeavesNothingOrADaemonThatGoesOn(String call, int count, boolean hasDaemon)
            throws Exception {
        Process traced =
                start(killedAt(call, count, launcher().with("gate", gate).command("start")));
        assertThat(traced.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(read(output)).as("what the launcher said").isEmpty();

        if (hasDaemon) {
            assertGoesOn(theOnlyOne());
        } else {
            assertThat(seen()).isEmpty();
            assertThat(pidfile).as("was made").exists();
            assertNextStartWorks();
        }
    }

    @ParameterizedTest
    @CsvSource({"pwrite64, 2", "ftruncate, 1"})
    void aProgramWhoseLauncherWasKilledAboutItsPidIsTheOnlyOneAndCanBeStopped(String call, int count) throws Exception {
        List<String> launcher = RaceProgram.command("do", "start", pidfile.toString(), "sleep", "600");
        Process traced = start(killedAt(call, count, launcher));
        assertThat(traced.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(read(output)).as("what the launcher said").isEmpty();
        ProcView program = theOnlyOne();
        assertThat(program.arguments()).containsExactly("sleep", "600");
        DaemonSpec spec = DaemonSpec.builder().pidfile(pidfile).build();

        assertThat(spec.control().status()).isInstanceOf(DaemonStatus.Running.class);
        assertThatExceptionOfType(AlreadyRunningException.class).isThrownBy(() -> spec.exec("sleep", "600"));
        assertThat(spec.control().stop())
                .asInstanceOf(type(StopResult.Stopped.class))
                .matches(stopped -> stopped.pid() == program.pid());

        assertNothingIsLeft();
        processes.own(spec.exec("sleep", "600").pid());
        assertThat(spec.control().stop()).isInstanceOf(StopResult.Stopped.class);
    }

    @ParameterizedTest
    @CsvSource({"setsid", "umask"})
    void anIntermediateProcessKilledBeforeThereIsADaemonIsAFailedStart(String call) throws Exception {
        Process traced = start(killedAt(call, 1, launcher().command("start")));

        assertThat(traced.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(read(output)).contains("probe: start failed: ", "intermediate process was killed");
        assertThat(traced.exitValue()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertNothingIsLeft();
        assertNextStartWorks();
    }

    @Test
    void anIntermediateProcessKilledWhileItWaitsIsNoHindrance() throws Exception {
        Process launcher = startWaiting();
        ProcView daemon = ProcView.ofPidfile(pidfile);
        ProcView intermediate = new ProcView(daemon.parent());
        assertThat(intermediate.parent()).isEqualTo(launcher.pid());

        kill(intermediate);
        Files.createFile(gate);

        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(read(output)).isEmpty();
        assertThat(launcher.exitValue()).isZero();
        assertRunsAndStops(daemon);
    }

    @Test
    void aDaemonKilledAfterItsIntermediateProcessIsAFailedStart() throws Exception {
        Process launcher = startWaiting();
        ProcView daemon = ProcView.ofPidfile(pidfile);

        kill(new ProcView(daemon.parent()));
        kill(daemon);

        assertFails(launcher, "the daemon's JVM ended before it was ready");
    }

    @Test
    void aDaemonKilledBeforeItsMainIsAFailedStart() throws Exception {
        Path pause = directory.resolve("pause");
        Process launcher = start(pausing(pause).command("start"));
        Processes.await("the daemon's JVM to pause", () -> Files.exists(pause));
        Processes.await("its pid", () -> !read(pidfile).isBlank());

        kill(ProcView.ofPidfile(pidfile));

        assertFails(launcher, "killed by SIGKILL");
    }

    @Test
    void aDaemonKilledBeforeItIsReadyIsAFailedStart() throws Exception {
        Process launcher = startWaiting();

        kill(ProcView.ofPidfile(pidfile));

        assertFails(launcher, "killed by SIGKILL");
    }

    @Test
    void aDaemonKilledAfterItWasReadyIsDeadAndTheNextStartWorks() throws Exception {
        Files.createFile(gate);
        ProcView first = started(command("start"));

        kill(first);
        awaitReaped(first.pid());

        Finished status = command("status");
        assertThat(status.exitCode()).as("dead, and its pidfile is left").isEqualTo(1);
        assertThat(ProcView.ofPidfile(pidfile)).isEqualTo(first);
        ProcView second = started(command("start"));
        assertThat(second).isNotEqualTo(first);
        assertRunsAndStops(second);
    }

    private Launcher launcher() {
        return Launcher.mode("main").with("pidfile", pidfile).with("stdout", log);
    }

    /** A launcher whose daemon's JVM waits, before it does anything, for this file to be removed, which it makes itself. */
    private Launcher pausing(Path file) throws IOException {
        Path options = Files.writeString(directory.resolve("options"), """
            -XX:+UnlockDiagnosticVMOptions
            -XX:+PauseAtStartup
            -XX:PauseAtStartupFile=%s
            """.formatted(file));
        return launcher().with("gate", gate).with("jvmOption", "-XX:VMOptionsFile=" + options);
    }

    /** A launcher that strace kills, or rather whichever of its processes first comes to a system call for the n-th time. */
    private List<String> killedAt(String call, int count, List<String> launcher) throws Exception {
        assumeTrue(
                processes
                                .run(List.of("strace", "-o", "/dev/null", "-f", "-b", "execve", "true"))
                                .exitCode()
                        == 0,
                "there is no strace here, or it may not trace");
        List<String> command = new ArrayList<>(List.of(
                "strace",
                "-f",
                "--detach-on=execve",
                "-o",
                "/dev/null",
                "-e",
                "trace=" + call,
                "-e",
                "inject=" + call + ":signal=SIGKILL:when=" + count));
        command.addAll(launcher);
        // The JVM's own performance data would be a locked file, too.
        command.add(command.indexOf(Launcher.java()) + 1, "-XX:-UsePerfData");
        return command;
    }

    private Process start(List<String> command) throws IOException {
        return processes
                .builder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** A launcher that waits for a daemon, whose task waits for the gate. */
    private Process startWaiting() throws Exception {
        Process launcher = start(Launcher.mode("ready")
                .with("pidfile", pidfile)
                .with("stdout", log)
                .with("gate", gate)
                .command());
        Processes.await(
                "the task to wait", () -> !launcher.isAlive() || read(log).equals("waiting\n"));
        assertThat(launcher.isAlive()).as(read(output)).isTrue();
        assertThat(seen()).as("launcher, intermediate process and daemon").hasSize(3);
        return launcher;
    }

    /** A launcher that is stopped by SIGSTOP and has locked the pidfile, but has no child yet. */
    private Process startStoppedWithLock() throws Exception {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            Process launcher = start(launcher().command("start"));
            ProcView view = new ProcView(launcher.pid());
            while (launcher.isAlive() && !(Files.exists(pidfile) && holdsLock(view))) {
                Thread.onSpinWait();
            }
            try (Posix posix = Posix.open()) {
                posix.signal(launcher.pid(), Signal.STOP.number());
            }
            Processes.await(
                    "the launcher to be stopped",
                    () -> !launcher.isAlive() || view.status("State").startsWith("T"));
            if (seen().equals(List.of(view)) && holdsLock(view) && read(pidfile).isBlank()) {
                return launcher;
            }
            for (ProcView tooLate : seen()) {
                kill(tooLate);
            }
            Processes.await("them to be gone", () -> seen().isEmpty());
            Files.deleteIfExists(pidfile);
        }
        throw new AssertionError("in " + MOST_ATTEMPTS + " attempts SIGSTOP always came too late");
    }

    private boolean holdsLock(ProcView process) throws IOException {
        for (Map.Entry<Integer, String> descriptor : process.descriptors().entrySet()) {
            if (descriptor.getValue().equals(pidfile.toString()) && process.hasLock(descriptor.getKey())) {
                return true;
            }
        }
        return false;
    }

    private Finished command(String... words) throws Exception {
        return processes.run(launcher().with("gate", gate).command(words));
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private static void kill(ProcView process) throws InterruptedException {
        ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
        Processes.await("process " + process.pid() + " to be gone", () -> !process.isAlive());
    }

    /** When all others are gone. */
    private ProcView theOnlyOne() throws Exception {
        Processes.await("one process to be left", () -> seen().size() == 1);
        return seen().getFirst();
    }

    /** The daemon that is not ready yet is known, becomes ready, and can be stopped. */
    private void assertGoesOn(ProcView daemon) throws Exception {
        String known = "probe: already running (pid " + daemon.pid() + ").\n";
        assertThat(command("start")).isEqualTo(new Finished(DaemonException.EXIT_ALREADY_RUNNING, "", known));

        Process second = start(launcher().with("gate", gate).command("start", "--if-needed"));
        Files.createFile(gate);
        assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(read(output)).isEqualTo(known);
        assertThat(second.exitValue()).isZero();
        assertRunsAndStops(daemon);
    }

    private void assertNextStartWorks() throws Exception {
        Files.createFile(gate);
        assertRunsAndStops(started(command("start")));
    }

    private ProcView started(Finished start) {
        assertThat(start.exitCode()).as(start.toString()).isZero();
        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertThat(start.out()).startsWith("probe: started (pid " + daemon.pid() + ", ");
        return daemon;
    }

    private void assertRunsAndStops(ProcView daemon) throws Exception {
        assertThat(seen()).containsExactly(daemon);
        assertThat(daemon.hasLock(LOCK)).as("locks the pidfile").isTrue();
        assertThat(ProcView.ofPidfile(pidfile)).isEqualTo(daemon);
        Finished status = command("status");
        assertThat(status.out()).startsWith("probe: running (pid " + daemon.pid() + ", ");
        assertThat(status.exitCode()).isZero();

        Finished stop = command("stop");

        assertThat(stop.out()).startsWith("probe: stopped (pid " + daemon.pid() + ", ");
        assertThat(stop.exitCode()).isZero();
        assertNothingIsLeft();
    }

    private void assertFails(Process launcher, String reason) throws Exception {
        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(read(output)).contains("probe: start failed: ", reason);
        assertThat(launcher.exitValue()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertNothingIsLeft();
        assertNextStartWorks();
    }

    /** No process, no zombie and no pidfile. */
    private void assertNothingIsLeft() throws Exception {
        assertThat(pidfile).doesNotExist();
        assertThat(seen()).isEmpty();
        for (long pid : everSeen) {
            awaitReaped(pid);
        }
    }

    /** Only then all its threads are gone, and the lock with them: the first one of a JVM may be a zombie before. */
    private static void awaitReaped(long pid) throws InterruptedException {
        Processes.await(
                "process " + pid + " to be reaped", () -> Files.notExists(Path.of("/proc", Long.toString(pid))));
    }

    /** This test's processes, which are remembered: a zombie has no environment to know it by. */
    private List<ProcView> seen() {
        try {
            List<ProcView> seen = processes.marked();
            seen.forEach(process -> everSeen.add(process.pid()));
            return seen;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
