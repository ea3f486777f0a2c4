package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.daemonspec.PidfileProgram.Running;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who waits for a pidfile's lock gets it when its holder is gone, however it went, and not before. */
class PidfileWaitIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    /** Until who waits does so, and a lock that came too early would have been seen. */
    private static final long A_WHILE = 300;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Path pidfile;

    @BeforeEach
    void name() throws Exception {
        directory = directory.toRealPath();
        pidfile = directory.resolve("program.pid");
    }

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @Test
    void aFreeOneIsLockedAtOnce() {
        try (Pidfile locked = Pidfile.lock(pidfile, LONG)) {
            assertThat(locked.path()).hasContent(ownPid());
        }
        assertThat(pidfile).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S"})
    void withoutTimeItIsRefusedAtOnce(String most) throws Exception {
        Running holder = holder();
        long start = System.nanoTime();

        assertThatExceptionOfType(AlreadyRunningException.class)
                .isThrownBy(() -> Pidfile.lock(pidfile, Duration.parse(most)))
                .withMessage("program: already running (pid " + holder.pid() + ").");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG.dividedBy(2));
    }

    @Test
    void itIsTakenOverWhenTheHolderIsKilled() throws Exception {
        Running holder = holder();
        Future<Pidfile> waiting = waiting(LONG);
        holder.killed();
        assertTaken(waiting);
    }

    @Test
    void itIsTakenOverWhenTheHolderReturns() throws Exception {
        Running holder = holder();
        Future<Pidfile> waiting = waiting(LONG);
        holder.returned();
        assertTaken(waiting);
    }

    @Test
    void itIsTakenOverWhenTheHolderLetsGoOfItAndLivesOn() throws Exception {
        Running holder = holder();
        Future<Pidfile> waiting = waiting(LONG);
        holder.tell("close");
        assertTaken(waiting);
        assertThat(new ProcView(holder.pid()).isAlive()).isTrue();
    }

    @Test
    void itIsTakenOverFromAnotherCallOfThisProcess() throws Exception {
        Pidfile first = Pidfile.lock(pidfile);
        Future<Pidfile> waiting = waiting(LONG);
        first.close();
        assertTaken(waiting);
    }

    @Test
    void itIsTakenOverFromAProgramThatKnowsNoPids() throws Exception {
        Process flock = flock("--exclusive");
        ProcView shell = new ProcView(flock.pid());
        Future<Pidfile> waiting = waiting(LONG);
        for (ProcView process : processes.marked()) { // the lock is sleep's, too
            ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
        }
        assertTaken(waiting);
        assertThat(shell.isAlive()).isFalse();
    }

    @Test
    void itIsTakenOverWhenTheHolderWasStoppedByAnother() throws Exception {
        Running holder = holder();
        Future<Pidfile> waiting = waiting(LONG);
        assertThat(DaemonControl.of(pidfile).stop())
                .isInstanceOfSatisfying(
                        StopResult.Stopped.class,
                        stopped -> assertThat(stopped.pid()).isEqualTo(holder.pid()));
        assertTaken(waiting);
    }

    @Test
    void whenTheTimeIsOverItIsSaidWhoRunsAndTheHolderIsLeftAlone() throws Exception {
        Running holder = holder();
        long start = System.nanoTime();

        assertThatExceptionOfType(AlreadyRunningException.class)
                .isThrownBy(() -> Pidfile.lock(pidfile, Duration.ofMillis(500)))
                .withMessage("program: already running (pid " + holder.pid() + ").")
                .satisfies(e -> assertThat(e.pid()).hasValue(holder.pid()));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(500));
        assertThat(Files.readString(pidfile)).isEqualTo(holder.pid() + "\n");
        assertThat(holder.tell("close")).isEqualTo("closed");
    }

    @Test
    void whenTheTimeIsOverNobodyIsNamedIfTheHolderIsNot() throws Exception {
        flock("--exclusive");
        long start = System.nanoTime();

        assertThatExceptionOfType(AlreadyRunningException.class)
                .isThrownBy(() -> Pidfile.lock(pidfile, Duration.ofMillis(500)))
                .satisfies(e -> assertThat(e.pid()).isEmpty());

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("a start that is under way would be given ten seconds")
                .isBetween(Duration.ofMillis(500), Duration.ofSeconds(8));
    }

    /** Each look that finds something to wait for has a thread, to close what it waited with. */
    @ParameterizedTest
    @ValueSource(strings = {"--exclusive", "--shared"})
    void whoWaitsSleepsAlsoIfOthersWaitToo(String kind) throws Exception {
        flock(kind);
        List<Future<Pidfile>> waiting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiting.add(threads.submit(() -> Pidfile.lock(pidfile, Duration.ofSeconds(3))));
        }
        Thread.sleep(A_WHILE);
        ThreadMXBean count = ManagementFactory.getThreadMXBean();
        long before = count.getTotalStartedThreadCount();
        long cpu = ownCpuTime();

        Thread.sleep(2000);

        assertThat(count.getTotalStartedThreadCount() - before).isLessThan(40);
        assertThat(Duration.ofNanos(ownCpuTime() - cpu)).isLessThan(Duration.ofSeconds(1));
        for (Future<Pidfile> each : waiting) {
            assertThat(each)
                    .failsWithin(LONG)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(AlreadyRunningException.class);
        }
    }

    private static long ownCpuTime() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    @Test
    void aTimeThatIsLongAgoIsNone() throws Exception {
        holder();
        assertThatExceptionOfType(AlreadyRunningException.class)
                .isThrownBy(() -> Pidfile.lock(pidfile, Duration.ofSeconds(Long.MIN_VALUE)));
        Pidfile.lock(directory.resolve("other.pid"), Duration.ofSeconds(Long.MAX_VALUE))
                .close();
    }

    @Test
    void aFileThatCannotBeTrustedIsNotWaitedFor() throws Exception {
        Files.createSymbolicLink(pidfile, directory.resolve("elsewhere"));

        assertThatExceptionOfType(UnusablePidfileException.class)
                .isThrownBy(() -> Pidfile.lock(pidfile, LONG))
                .withMessageContaining("ELOOP");
    }

    @Test
    void aDirectoryIsMadeForIt() {
        Path inside = directory.resolve("made/program.pid");
        try (Pidfile locked = Pidfile.lock(inside, LONG, Pidfile.Option.CREATE_DIRECTORY)) {
            assertThat(locked.path()).hasContent(ownPid());
        }
    }

    @Test
    void theTimeIsNotOptional() {
        assertThatNullPointerException()
                .isThrownBy(() -> Pidfile.lock(pidfile, (Duration) null))
                .withMessage("patience");
    }

    @Test
    void anInterruptDoesNotEndTheWait() throws Exception {
        Running holder = holder();
        Thread[] waiter = new Thread[1];
        Future<Pidfile> waiting = threads.submit(() -> {
            waiter[0] = Thread.currentThread();
            return Pidfile.lock(pidfile, LONG);
        });
        assertWaits(waiting);
        waiter[0].interrupt();
        assertWaits(waiting);
        holder.killed();
        assertTaken(waiting);
    }

    /** Each has it for a moment, and nobody else does then. */
    @Test
    void ofManyWhoWaitEachGetsItAndNeverTwoAtOnce() throws Exception {
        Running holder = holder();
        AtomicInteger holders = new AtomicInteger();
        Callable<Boolean> turn = () -> {
            try (Pidfile locked = Pidfile.lock(pidfile, LONG)) {
                boolean alone = holders.incrementAndGet() == 1;
                boolean named = Files.readString(locked.path()).equals(ownPid() + "\n");
                Thread.sleep(2);
                holders.decrementAndGet();
                return alone && named;
            }
        };
        List<Future<Boolean>> turns = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            turns.add(threads.submit(turn));
        }
        Thread.sleep(A_WHILE);
        assertThat(turns).noneMatch(Future::isDone);

        holder.killed();

        for (Future<Boolean> each : turns) {
            assertThat(each.get(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void ofManyProcessesThatWaitEachGetsIt() throws Exception {
        Running holder = holder();
        List<Running> programs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Running program = Running.start(processes);
            program.tellLast("wait " + pidfile);
            programs.add(program);
        }
        Set<String> answers = new HashSet<>();
        Thread.sleep(A_WHILE);
        holder.killed();
        for (Running ignored : programs) {
            DaemonStatus.Running now =
                    (DaemonStatus.Running) DaemonControl.of(pidfile).awaitReady(LONG);
            long pid = now.pid().orElseThrow();
            Running program = programs.stream()
                    .filter(each -> each.pid() == pid)
                    .findAny()
                    .orElseThrow();
            answers.add(program.answer());
            program.killed();
        }
        assertThat(answers).hasSize(programs.size()).allMatch(answer -> answer.startsWith("locked "));
    }

    /** flock(1) around a program, which has the lock, too. */
    private Process flock(String kind) throws Exception {
        Process flock = processes
                .builder(List.of("flock", kind, pidfile.toString(), "sh", "-c", "echo locked; exec sleep 60"))
                .start();
        assertThat(flock.inputReader().readLine()).isEqualTo("locked");
        return flock;
    }

    private Running holder() throws Exception {
        Running program = Running.start(processes);
        assertThat(program.tell("lock " + pidfile)).isEqualTo("locked " + program.pid());
        return program;
    }

    private Future<Pidfile> waiting(Duration most) throws Exception {
        Future<Pidfile> waiting = threads.submit(() -> Pidfile.lock(pidfile, most));
        assertWaits(waiting);
        return waiting;
    }

    private static void assertWaits(Future<Pidfile> waiting) throws Exception {
        Thread.sleep(A_WHILE);
        assertThat(waiting).isNotDone();
    }

    private void assertTaken(Future<Pidfile> waiting) throws Exception {
        try (Pidfile taken = waiting.get(60, TimeUnit.SECONDS)) {
            assertThat(taken.path()).isEqualTo(pidfile).hasContent(ownPid());
            assertThat(DaemonControl.of(pidfile).status())
                    .isInstanceOfSatisfying(
                            DaemonStatus.Running.class,
                            running -> assertThat(running.pid())
                                    .hasValue(ProcessHandle.current().pid()));
        }
        assertThat(pidfile).doesNotExist();
    }

    private static String ownPid() {
        return Long.toString(ProcessHandle.current().pid());
    }
}
