package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The time of day is nobody's measure: it jumps by hours and by years, in the launcher and in the daemon, whenever somebody asks for it,
 * and nothing ends too early, too late, or is taken for another. And the time since boot may differ between two processes that look at
 * each other, see time_namespaces(7).
 */
class TimeJumpsIT {

    private static final String SEED = Long.toString(System.nanoTime());
    private static final Pattern TOOK = Pattern.compile("\\(pid (\\d+), (\\d+) ms\\)|\\(pid (\\d+), (\\d+)\\.\\d s\\)");

    @TempDir
    static Path libraries;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path log;
    private Path jumps;

    @BeforeAll
    static void compile() throws Exception {
        CProgram.compile("clock", libraries.resolve("clock.so"), "-shared", "-fPIC");
    }

    @BeforeEach
    void name() throws Exception {
        pidfile = directory.toRealPath().resolve("probe.pid");
        log = directory.toRealPath().resolve("probe.log");
        jumps = directory.toRealPath().resolve("jumps");
    }

    @Test
    void aTaskIsStartedReloadedRestartedAndStopped() throws Exception {
        Launcher task = task().with("onReload", "say").with("onStop", "say");

        assertTookSome(jumping(task, "start"), "started");
        ProcView first = ProcView.ofPidfile(pidfile);
        assertThat(jumping(task, "status").out()).startsWith("probe: running (pid " + first.pid() + ", since ");
        assertThat(jumping(task, "reload").out()).isEqualTo("probe: told to reload (pid " + first.pid() + ")\n");
        Processes.await("the reload", () -> log.toFile().length() >= "ready\nreload handler\n".length());
        Finished restart = jumping(task, "restart");
        assertTookSome(restart, "stopped");
        assertTookSome(restart, "started");
        ProcView second = ProcView.ofPidfile(pidfile);
        assertTookSome(jumping(task, "stop"), "stopped");

        assertThat(log).content().isEqualTo("ready\nreload handler\nstop handler\nready\nstop handler\n");
        assertThat(Files.readAllLines(jumps))
                .as("whose clock jumped, seed " + SEED)
                .contains(Long.toString(first.pid()), Long.toString(second.pid()))
                .as("and those of five launchers")
                .hasSize(7);
        assertNothingIsLeft();
    }

    @Test
    void aStartTakesAsLongAsItMayNotAsTheClockSays() throws Exception {
        long begin = System.nanoTime();

        Finished start = run(task().with("gate", directory.resolve("never")).with("timeout", 3000), "start");

        assertThat(System.nanoTime() - begin)
                .isGreaterThan(Duration.ofSeconds(3).toNanos());
        assertThat(start.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(start.err())
                .startsWith("probe: start failed: not ready after 3 s (readyTimeout), so it was terminated; ");
        assertNothingIsLeft();
    }

    @Test
    void aReadyTimeoutOfAMinuteIsNotOverWithinTheFirstSeconds() throws Exception {
        Path gate = directory.resolve("gate");
        Process launcher = builder(task().with("gate", gate), "start").start();
        Processes.await("the task to wait", () -> log.toFile().length() > 0);
        assertThat(launcher.waitFor(3, java.util.concurrent.TimeUnit.SECONDS)).isFalse();

        Files.createFile(gate);

        assertThat(launcher.waitFor()).isZero();
        assertTookSome(jumping(task(), "stop"), "stopped");
        assertNothingIsLeft();
    }

    @Test
    void aStopGivesEachSignalItsTime() throws Exception {
        Launcher deaf = task().with("deaf", "").with("quick", 2000);
        assertTookSome(jumping(deaf, "start"), "started");
        long begin = System.nanoTime();

        Finished stop = jumping(deaf, "stop");

        assertThat(System.nanoTime() - begin)
                .isGreaterThan(Duration.ofSeconds(2).toNanos());
        assertThat(stop.out()).startsWith("probe: stopped by SIGKILL (pid ");
        assertNothingIsLeft();
    }

    @Test
    void stopHandlersHaveTheirTime() throws Exception {
        Launcher hanging = task().with("onStop", "hang").with("stopTimeout", 2000);
        assertTookSome(jumping(hanging, "start"), "started");
        long begin = System.nanoTime();

        assertThat(jumping(hanging, "stop").out()).startsWith("probe: stopped (pid ");

        assertThat(System.nanoTime() - begin)
                .isGreaterThan(Duration.ofSeconds(2).toNanos());
        assertThat(log).content().contains("the stop handlers have not returned after 2 s (stopTimeout)");
        assertNothingIsLeft();
    }

    /** The daemon's clocks since boot are ahead of ours, or ours of the daemon's. */
    @ParameterizedTest
    @ValueSource(strings = {"daemon", "control"})
    void aDaemonInAnotherTimeNamespaceIsTheSameProcess(String whose) throws Exception {
        Prefix ahead = Prefix.of("unshare", "--time", "--fork", "--monotonic=100000000", "--boottime=100000000", "--");
        assumeTrue(
                processes.run(ahead.before(List.of("true"))).exitCode() == 0,
                "only root may make a time namespace, and the kernel must have them");
        Launcher task = task().with("onReload", "say").with("onStop", "say");
        Prefix forStart = whose.equals("daemon") ? ahead : Prefix.NONE;
        Prefix forControl = whose.equals("control") ? ahead : Prefix.NONE;

        assertTookSome(processes.run(forStart.before(task.command("start"))), "started");
        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertThat(offset(daemon)
                        .equals(offset(new ProcView(ProcessHandle.current().pid()))))
                .isEqualTo(whose.equals("control"));
        Finished status = processes.run(forControl.before(task.command("status")));
        assertThat(status.out()).startsWith("probe: running (pid " + daemon.pid() + ", since ");
        assertSinceIsNow(status);
        Finished inspection = processes.run(forControl.before(task.command("status", "--inspect")));
        assertThat(inspection.out()).contains("pass  pidfile-lock").doesNotContain("FAIL");
        assertThat(processes.run(forControl.before(task.command("start"))).err())
                .isEqualTo("probe: already running (pid " + daemon.pid() + ").\n");
        assertThat(processes.run(forControl.before(task.command("reload"))).out())
                .isEqualTo("probe: told to reload (pid " + daemon.pid() + ")\n");
        Processes.await("the reload", () -> log.toFile().length() >= "ready\nreload handler\n".length());
        assertThat(processes.run(forControl.before(task.command("stop"))).out())
                .startsWith("probe: stopped (pid " + daemon.pid() + ", ");
        assertNothingIsLeft();
    }

    /** In this process the clock is true. */
    @Test
    void whatAJumpingDaemonsStatusSaysIsTrue() throws Exception {
        assertTookSome(jumping(task(), "start"), "started");
        ProcView daemon = ProcView.ofPidfile(pidfile);

        assertThat(DaemonControl.of(pidfile).status())
                .asInstanceOf(type(DaemonStatus.Running.class))
                .satisfies(running -> assertThat(running.pid()).hasValue(daemon.pid()))
                .satisfies(running -> assertIsNow(running.since().orElseThrow()));
        assertSinceIsNow(jumping(task(), "status"));

        assertThat(jumping(task(), "stop").out()).startsWith("probe: stopped (pid ");
    }

    private Launcher task() {
        return Launcher.mode("main")
                .with("name", "probe")
                .with("pidfile", pidfile)
                .with("stdout", log)
                .with("stderrToStdout", "");
    }

    /** The command in a process whose wall clock jumps, as does the daemon's that it starts. */
    private ProcessBuilder builder(Launcher launcher, String word) {
        ProcessBuilder builder = processes.builder(launcher.command(word));
        builder.environment().put("LD_PRELOAD", libraries.resolve("clock.so").toString());
        builder.environment().put("CLOCK_SEED", SEED);
        builder.environment().put("CLOCK_LOG", jumps.toString());
        return builder;
    }

    private Finished run(Launcher launcher, String word) throws Exception {
        return processes.run(builder(launcher, word));
    }

    private Finished jumping(Launcher launcher, String word) throws Exception {
        Finished finished = run(launcher, word);
        assertThat(finished).as("seed " + SEED).isEqualTo(new Finished(0, finished.out(), ""));
        return finished;
    }

    /** Neither years nor a negative number of them. */
    private static void assertTookSome(Finished finished, String what) {
        assertThat(finished.exitCode()).as(finished.toString()).isZero();
        String line = finished.out()
                .lines()
                .filter(one -> one.startsWith("probe: " + what + " "))
                .findFirst()
                .orElseThrow();
        Matcher took = TOOK.matcher(line);
        assertThat(took.find()).as(line).isTrue();
        if (took.group(4) != null) {
            assertThat(Long.parseLong(took.group(4))).as(line).isLessThan(60);
        }
    }

    private static void assertSinceIsNow(Finished status) {
        Matcher since = Pattern.compile("since (\\S+)\\)").matcher(status.out());
        assertThat(since.find()).as(status.out()).isTrue();
        assertIsNow(Instant.parse(since.group(1)));
    }

    /** To the hour: a second more or less is the kernel's business, ten years are not. */
    private static void assertIsNow(Instant instant) {
        assertThat(Duration.between(instant, Instant.now()).abs()).isLessThan(Duration.ofHours(1));
    }

    private static String offset(ProcView process) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/ns/time"))
                .toString();
    }

    private void assertNothingIsLeft() throws Exception {
        assertThat(processes.marked()).isEmpty();
        assertThat(pidfile).doesNotExist();
    }
}
