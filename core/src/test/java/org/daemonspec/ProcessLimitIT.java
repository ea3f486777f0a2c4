package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daemonspec.ContextDaemons.Kind;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.daemonspec.support.WorldReadable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A user whose RLIMIT_NPROC is used up, see getrlimit(2), of which each thread takes one. It does not bind root, so each test has users
 * of its own, who have no other processes.
 */
class ProcessLimitIT {

    /** By this many the limit is raised until a start succeeds. */
    private static final int FEWEST = 2;

    private static final int MOST = 200;

    private static final Pattern OURS = Pattern.compile(
            "probe: start failed: (?<operation>pthread_create|clone|posix_spawn \\S+): EAGAIN \\(Resource temporarily"
                    + " unavailable\\); raise RLIMIT_NPROC or the memory limit of this user or container\\.\n");

    private static final Pattern OF_THE_DAEMONS_JVM =
            Pattern.compile("probe: start failed: the daemon's JVM ended before it was ready \\(exit status 1\\)\n"
                    + "its last words:\n(    .+\n)+");

    /** What a JVM says of itself. */
    private static final Pattern OF_A_JVM =
            Pattern.compile("pthread_create failed \\(EAGAIN\\)|unable to create native thread");

    private static final AtomicInteger NEXT_USER =
            new AtomicInteger(1_000_000 + (int) (ProcessHandle.current().pid() % 100_000) * 1000);

    @TempDir
    static Path code;

    private static String classPath = "";

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path log;
    private int user;

    @BeforeAll
    static void copy() throws Exception {
        Prefix.assumeRoot();
        classPath = WorldReadable.classPath(WorldReadable.directory(code));
    }

    @BeforeEach
    void name() throws Exception {
        directory = WorldReadable.directory(directory);
        pidfile = directory.resolve("probe.pid");
        log = directory.resolve("probe.log");
        nextUser();
    }

    /** One more each time: the launcher's JVM does not come up, then it can start nobody, then the daemon's JVM does not come up. */
    @ParameterizedTest
    @EnumSource
    void aStartWorksOrSaysWhatToRaise(Kind kind) throws Exception {
        Set<String> said = new TreeSet<>();
        for (int tasks = FEWEST; tasks < MOST; tasks++) {
            Finished start = processes.run(Prefix.user(user)
                    .then(Prefix.limits("--nproc=" + tasks + ":" + tasks))
                    .before(launcher(kind).command("start")));
            if (start.exitCode() == 0) {
                break;
            }
            said.add(outcome(start));
            assertNothingIsLeft();
            nextUser(); // whose processes have all been reaped
        }
        assertThat(said).contains("a JVM does not come up").contains("posix_spawn");
        assertThat(said.contains("the daemon's JVM does not come up")).isEqualTo(kind == Kind.TASK);
        Finished stop = processes.run(Prefix.user(user).before(launcher(kind).command("stop")));
        assertThat(stop.out()).as(stop.toString()).startsWith("probe: stopped (pid ");
        assertNothingIsLeft();
    }

    /** What a failed start says is one of three things, which cannot be mistaken for each other. */
    private static String outcome(Finished start) {
        Matcher ours = OURS.matcher(start.err());
        if (ours.matches()) {
            assertThat(start.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
            return ours.group("operation").split(" ", 2)[0];
        }
        if (OF_THE_DAEMONS_JVM.matcher(start.err()).matches()) {
            assertThat(start.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
            assertThat(start.err()).containsPattern(OF_A_JVM);
            return "the daemon's JVM does not come up";
        }
        assertThat(start.exitCode()).as(start.toString()).isEqualTo(1);
        assertThat(start.out() + start.err())
                .containsPattern(OF_A_JVM)
                .doesNotContain("probe: ")
                .doesNotContain("at org.daemonspec.internal");
        return "a JVM does not come up";
    }

    @ParameterizedTest
    @EnumSource
    void rootStartsNothingAsAUserWhoHasTooManyAlready(Kind kind) throws Exception {
        Finished start = processes.run(Prefix.limits("--nproc=" + crowd())
                .before(asUser(launcher(kind)).command("start")));

        assertThat(start.err()).matches(OURS).contains("posix_spawn");
        assertThat(start.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(pidfile).doesNotExist();
        assertThat(processesOfUser(false)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void noMoreDoesASpecificationThatSetsTheLimit(Kind kind) throws Exception {
        Finished start = processes.run(
                asUser(launcher(kind)).with("limit.NPROC", crowd()).command("start"));

        assertThat(start.err()).matches(OURS).contains("posix_spawn");
        assertThat(pidfile).doesNotExist();
        assertThat(processesOfUser(false)).isEmpty();
    }

    /** There it is execve(2) that fails, after the change of user. */
    @Test
    void noMoreDoesRootBecomeThatUserInTheForeground() throws Exception {
        int crowd = crowd();

        Finished run = processes.run(Prefix.limits("--nproc=" + (crowd - 1) + ":" + (crowd - 1))
                .before(asUser(launcher(Kind.TASK)).command("run")));

        assertThat(run.err())
                .matches("probe: start failed: execve \\S+/java: EAGAIN \\(Resource temporarily unavailable\\);"
                        + " raise RLIMIT_NPROC or the memory limit of this user or container\\.\n");
        assertThat(run.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(pidfile).doesNotExist();
        assertThat(processesOfUser(false)).isEmpty();
    }

    /** The JVM has each signal handled by a thread of its own, and the stop handlers run on another. */
    @Test
    void aDaemonThatCanHaveOnlyOneThreadMoreRunsItsStopHandlers() throws Exception {
        ProcView daemon = startOfUser();
        limit(daemon, Integer.parseInt(daemon.status("Threads")) + 1);

        assertThat(DaemonControl.of(pidfile).stop())
                .isInstanceOfSatisfying(
                        StopResult.Stopped.class,
                        stopped -> assertThat(stopped.signal()).isEqualTo(Signal.TERM));
        assertThat(log).content().contains("ready\n", "stop handler\n");
        assertThat(processes.marked()).isEmpty();
    }

    /** Then no signal reaches Java at all. */
    @Test
    void aDaemonThatCanHaveNoThreadMoreIsKilled() throws Exception {
        ProcView daemon = startOfUser();
        limit(daemon, 1);

        StopSchedule schedule =
                StopSchedule.of(Signal.TERM, Duration.ofSeconds(1)).then(Signal.KILL, Duration.ofSeconds(30));
        assertThat(DaemonControl.of(pidfile).stop(schedule))
                .isInstanceOfSatisfying(
                        StopResult.Stopped.class,
                        stopped -> assertThat(stopped.signal()).isEqualTo(Signal.KILL));
        assertThat(processes.marked()).isEmpty();
    }

    private ProcView startOfUser() throws Exception {
        Finished start = processes.run(Prefix.user(user)
                .before(launcher(Kind.TASK)
                        .with("stdout", log)
                        .with("stderrToStdout", "")
                        .with("onStop", "say")
                        .command("start")));
        assertThat(start.exitCode()).as(start.toString()).isZero();
        return ProcView.ofPidfile(pidfile);
    }

    private void limit(ProcView process, int tasks) throws Exception {
        List<String> prlimit = List.of("prlimit", "--pid=" + process.pid(), "--nproc=" + tasks + ":" + tasks);
        assertThat(processes.run(Prefix.user(user).before(prlimit))).isEqualTo(new Finished(0, "", ""));
    }

    /** So few threads that the test does not take long. */
    private Launcher launcher(Kind kind) {
        return Launcher.mode(kind == Kind.TASK ? "main" : "main-program")
                .option("-XX:+UseSerialGC")
                .option("-XX:CICompilerCount=1")
                .classPath(classPath)
                .with("name", "probe")
                .with("pidfile", pidfile);
    }

    private Launcher asUser(Launcher launcher) {
        return launcher.with("user", user).with("group", user);
    }

    private void nextUser() throws IOException {
        user = NEXT_USER.incrementAndGet();
        Prefix.give(directory, user);
    }

    /** Has the user have some processes; how many there are. */
    private int crowd() throws Exception {
        for (int i = 0; i < 5; i++) {
            processes.builder(Prefix.user(user).before(List.of("sleep", "600"))).start();
        }
        Processes.await("the user's processes", () -> processesOfUser(true).size() == 5);
        return 5;
    }

    private List<ProcView> processesOfUser(boolean sleeping) {
        try {
            return processes.marked().stream()
                    .filter(process -> process.line("comm").equals("sleep") == sleeping)
                    .filter(process -> process.line("status").contains("Uid:\t" + user + "\t"))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void assertNothingIsLeft() throws Exception {
        assertThat(processes.marked()).isEmpty();
        try (var files = Files.list(directory)) {
            assertThat(files).isSubsetOf(log);
        }
    }
}
