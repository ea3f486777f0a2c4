package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * SIGKILL for one of a start's processes at an instant that chance chooses; {@link KilledStartIT} chooses them. Afterwards either nothing is left but
 * a pidfile that nobody has locked, or one daemon, which becomes ready, is known and can be stopped; and the next start works.
 * As many starts of each kind as the system property {@code daemonspec.kills} says; {@code daemonspec.seed} repeats their choices.
 */
class KilledAnywhereIT {

    private static final int STARTS = Integer.getInteger("daemonspec.kills", 30);
    private static final long SEED = Long.getLong("daemonspec.seed", System.nanoTime());
    private static final int ONE_IN_SO_MANY_IS_SPARED = 5;

    /**
     * With so many starts the intermediate process of a program, which lives for a millisecond, has been hit: one attempt in ten has to be,
     * for a failure by chance to be rarer than one in a million (0.9 to the 133rd).
     */
    private static final int ENOUGH = 500;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final Map<Victim, Integer> hits = new EnumMap<>(Victim.class);
    private final Set<Long> everSeen = new TreeSet<>();
    private Path pidfile;
    private Path output;
    private long typical;

    enum Kind {
        TASK,
        PROGRAM
    }

    enum Victim {
        LAUNCHER,
        INTERMEDIATE,
        DAEMON
    }

    @BeforeEach
    void nameFiles() throws IOException {
        pidfile = directory.toRealPath().resolve("probe.pid");
        output = directory.toRealPath().resolve("output");
    }

    @ParameterizedTest
    @EnumSource
    void theMachineIsCleanAndTheNextStartWorks(Kind kind) throws Exception {
        for (int i = 0; i < STARTS; i++) {
            if (i % ONE_IN_SO_MANY_IS_SPARED == 0) {
                spare(kind);
            } else {
                // In turn, and the instants from early to late: chance only says where between one and the next.
                kill(kind, Victim.values()[i % Victim.values().length], (i + random.nextDouble()) / STARTS);
            }
        }
        System.out.println("KilledAnywhereIT " + kind + ": " + STARTS + " starts, seed " + SEED + ", killed " + hits
                + ", left " + outcomes);
        assertThat(hits).as("seed " + SEED).containsKeys(Victim.LAUNCHER, Victim.DAEMON);
        if (kind == Kind.TASK || STARTS >= ENOUGH) {
            assertThat(hits).as("seed " + SEED).containsKey(Victim.INTERMEDIATE);
        }
    }

    /** What no one disturbs succeeds, whatever was left before; and tells how long a start takes here and now. */
    private void spare(Kind kind) throws Exception {
        long begin = System.nanoTime();
        Process launcher = start(kind);
        assertThat(launcher.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        typical = System.nanoTime() - begin;
        assertThat(launcher.exitValue()).as(said()).isZero();
        assertThat(settle()).as(said()).isEqualTo("a daemon");
    }

    private void kill(Kind kind, Victim victim, double share) throws Exception {
        long instant = (long) (share * typical);
        long begin = System.nanoTime();
        Process launcher = start(kind);
        boolean hit = victim == Victim.LAUNCHER
                ? killAt(launcher, begin + instant)
                : killWhenThere(launcher, victim, kind, share);
        if (hit) {
            hits.merge(victim, 1, Integer::sum);
        }
        String choice = victim + " after " + share + " of " + typical + " ns, seed " + SEED + ": ";
        assertThat(launcher.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(choice)
                .isTrue();
        String left = settle();
        if (victim != Victim.LAUNCHER) {
            assertTold(launcher, left, choice);
        }
        outcomes.merge(victim + " " + left, 1, Integer::sum);
    }

    /** A launcher that lives to tell it says in a sentence what became of its start, unless it was done before. */
    private void assertTold(Process launcher, String left, String choice) {
        String said = said();
        if (launcher.exitValue() == 0) {
            return; // it was ready when it was killed, or it was not killed
        }
        assertThat(said)
                .as(choice)
                .startsWith("probe: start failed: ")
                .endsWith("\n")
                .doesNotContain("Exception");
        // One line, unless the probe has said that it is ready, right before it was.
        assertThat(said.lines().skip(1).map(String::strip).toList())
                .as(choice + said)
                .isIn(List.of(), List.of("its last words:", "ready"));
        assertThat(launcher.exitValue()).as(choice + said).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(left).as(choice + said).isEqualTo("nothing");
    }

    private Process start(Kind kind) throws IOException {
        Files.deleteIfExists(output);
        Launcher launcher = Launcher.mode(kind == Kind.TASK ? "main" : "main-program")
                .option("-Xint")
                .option("-XX:+UseSerialGC")
                .option("-XX:-UsePerfData")
                .with("launcherOption", "-Xint")
                .with("name", "probe")
                .with("pidfile", pidfile);
        return processes
                .builder(launcher.command("start"))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private static boolean killAt(Process launcher, long instant) throws InterruptedException {
        while (System.nanoTime() < instant && launcher.isAlive()) {
            TimeUnit.MICROSECONDS.sleep(50);
        }
        boolean hit = launcher.isAlive();
        launcher.destroyForcibly().waitFor();
        return hit;
    }

    /** One of them that is there, some time after it has come; none if it cannot be found before it has ended. */
    private boolean killWhenThere(Process launcher, Victim victim, Kind kind, double share) throws Exception {
        OptionalLong found = OptionalLong.empty();
        while (found.isEmpty() && launcher.isAlive()) {
            found = find(launcher.pid(), victim);
        }
        if (victim == Victim.DAEMON && found.isEmpty()) {
            found = named();
        }
        if (found.isEmpty()) {
            return false;
        }
        if (kind == Kind.TASK || victim == Victim.DAEMON) { // the other lives for a millisecond
            TimeUnit.NANOSECONDS.sleep((long) (share * share * typical / 2));
        }
        ProcView process = new ProcView(found.getAsLong());
        everSeen.add(process.pid());
        boolean hit = ProcessHandle.of(process.pid())
                .filter(ProcessHandle::destroyForcibly)
                .isPresent();
        Processes.await("the end of process " + process.pid(), () -> !process.isAlive());
        return hit;
    }

    private OptionalLong find(long launcher, Victim victim) {
        OptionalLong intermediate = childOf(launcher);
        if (victim == Victim.INTERMEDIATE) {
            return intermediate;
        }
        OptionalLong daemon = intermediate.isPresent() ? childOf(intermediate.getAsLong()) : OptionalLong.empty();
        return daemon.isPresent() ? daemon : named();
    }

    /** By a look at nothing but its threads, which takes a fraction of a millisecond. */
    private static OptionalLong childOf(long parent) {
        String[] threads = new File("/proc/" + parent + "/task").list();
        for (String thread : threads == null ? new String[0] : threads) {
            try {
                String children = Files.readString(Path.of("/proc/" + parent + "/task/" + thread + "/children"));
                if (!children.isEmpty()) {
                    return OptionalLong.of(Long.parseLong(children.substring(0, children.indexOf(' '))));
                }
            } catch (IOException ended) {
                // a thread that has ended has no children
            }
        }
        return OptionalLong.empty();
    }

    /** The process in the pidfile, if it is this test's: one from before may name anybody by now. */
    private OptionalLong named() {
        try {
            String content = Files.readString(pidfile).strip();
            return !content.isEmpty() && processes.isMarked(new ProcView(Long.parseLong(content)))
                    ? OptionalLong.of(Long.parseLong(content))
                    : OptionalLong.empty();
        } catch (IOException notThere) {
            return OptionalLong.empty();
        }
    }

    /** Waits until what is left is as it will stay, looks at it, and ends it. */
    private String settle() throws Exception {
        DaemonControl control = DaemonControl.of(pidfile);
        Processes.await("one process to be left at most, and to be seen", () -> isSettled(control));
        String left = "nothing";
        if (!seen().isEmpty() && control.awaitReady(PATIENCE) instanceof DaemonStatus.Running running) {
            Processes.await("the intermediate process to be gone", () -> isAlone(running.pid()));
            long daemon = pids().getFirst();
            assertThat(control.stop())
                    .isInstanceOfSatisfying(
                            StopResult.Stopped.class,
                            stopped -> assertThat(stopped.pid()).isEqualTo(daemon));
            left = running.pid().isPresent() ? "a daemon" : "a daemon without its pid in the pidfile";
        }
        try {
            Processes.await("all processes to be gone", () -> seen().isEmpty());
        } catch (AssertionError e) {
            throw new AssertionError(describe(), e);
        }
        for (long pid : everSeen) {
            Processes.await(
                    "process " + pid + " to be reaped", () -> Files.notExists(Path.of("/proc", Long.toString(pid))));
        }
        everSeen.clear();
        assertThat(control.status()).isInstanceOfAny(DaemonStatus.Stopped.class, DaemonStatus.Stale.class);
        assertThat(files()).isSubsetOf("probe.pid", "output");
        return left;
    }

    /** Who is at its execve(2) has no environment to be known by, but may have the lock. */
    private boolean isSettled(DaemonControl control) {
        List<ProcView> seen = seen();
        return seen.size() == 1 || (seen.isEmpty() && !(control.status() instanceof DaemonStatus.Running));
    }

    /** A program whose launcher was killed before it had written the pid is known by its lock alone. */
    private boolean isAlone(OptionalLong daemon) {
        List<Long> pids = pids();
        return pids.size() == 1 && (daemon.isEmpty() || daemon.getAsLong() == pids.getFirst());
    }

    private List<Long> pids() {
        return seen().stream().map(ProcView::pid).toList();
    }

    private String describe() throws IOException {
        StringBuilder text =
                new StringBuilder(said() + DaemonControl.of(pidfile).status() + "\n");
        for (ProcView process : seen()) {
            text.append(process.pid() + " of " + process.parent() + ", " + process.status("State") + ", "
                    + process.arguments() + ", " + process.descriptors() + "\n");
        }
        return text.toString();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(ArrayList::new));
        }
    }

    private String said() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
}
