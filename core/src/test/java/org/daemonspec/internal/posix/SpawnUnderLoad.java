package org.daemonspec.internal.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.daemonspec.support.ProcView;

/**
 * Starts many programs from many threads in a JVM that allocates, collects, compiles and unloads all the while, and
 * looks afterwards whether anything was lost or left: {@code FILE SPAWNS SECONDS}. Each program appends two bytes to
 * the file. Exit code 0 and one line of figures if all is well; otherwise what is not, on stderr.
 */
public final class SpawnUnderLoad {

    private static final int WARM_UP = 200;
    private static final int PLATFORM_SPAWNERS = 3;
    private static final int VIRTUAL_SPAWNERS = 2;
    private static final int ONE_IN_SO_MANY_IS_WATCHED = 10;
    private static final Duration PATIENCE_FOR_THE_LAST = Duration.ofSeconds(20);

    private final Path file;
    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    private final List<String> environment = System.getenv().entrySet().stream()
            .map(variable -> variable.getKey() + "=" + variable.getValue())
            .toList();

    private SpawnUnderLoad(Path file) {
        this.file = file;
    }

    /** See the class. */
    public static void main(String[] args) throws Exception {
        int spawns = Integer.parseInt(args[1]);
        haltAfter(Duration.ofSeconds(Long.parseLong(args[2])));
        SpawnUnderLoad test = new SpawnUnderLoad(Files.createFile(Path.of(args[0])));
        JvmLoad.start();
        test.run(spawns);
        test.problems.forEach(System.err::println);
        Runtime.getRuntime().halt(test.problems.isEmpty() ? 0 : 1);
    }

    /** A JVM in which this thread does not get to run either is ended by the one who started it. */
    private static void haltAfter(Duration limit) {
        Thread.ofPlatform().daemon().name("watchdog").start(() -> {
            sleep(limit);
            System.err.println("not finished after " + limit);
            Thread.getAllStackTraces()
                    .forEach((thread, stack) -> System.err.println(thread + "\n    at "
                            + String.join(
                                    "\n    at ",
                                    Stream.of(stack).map(Objects::toString).toList())));
            Runtime.getRuntime().halt(2);
        });
    }

    private void run(int spawns) throws Exception {
        spawn(WARM_UP);
        int descriptors = openDescriptors();

        long start = System.nanoTime();
        long[] nanos = spawn(spawns);
        double seconds = (System.nanoTime() - start) / 1e9;

        awaitBytes(2L * (WARM_UP + spawns));
        check("open descriptors", descriptors, openDescriptors());
        check("children left", 0L, ProcessHandle.current().children().count());
        Arrays.sort(nanos);
        System.out.printf(
                "%d spawns in %.1f s, p50 %d us, p99 %d us, max %d us%n",
                spawns, seconds, nanos[spawns / 2] / 1000, nanos[spawns * 99 / 100] / 1000, nanos[spawns - 1] / 1000);
    }

    /** Spawns so many in all; how long each took. */
    private long[] spawn(int count) throws InterruptedException {
        long[] nanos = new long[count];
        AtomicInteger next = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        Map.of(
                        Thread.ofPlatform().factory(),
                        PLATFORM_SPAWNERS,
                        Thread.ofVirtual().factory(),
                        VIRTUAL_SPAWNERS)
                .forEach((factory, number) -> threads.addAll(threads(factory, number, () -> spawnAll(next, nanos))));
        for (Thread thread : threads) {
            thread.join();
        }
        return nanos;
    }

    private static List<Thread> threads(ThreadFactory factory, int number, Runnable work) {
        List<Thread> threads =
                Stream.generate(() -> factory.newThread(work)).limit(number).toList();
        threads.forEach(Thread::start);
        return threads;
    }

    private void spawnAll(AtomicInteger next, long[] nanos) {
        String maskBefore = blockedSignals();
        try (Posix posix = Posix.open()) {
            SpawnRequest request = request(posix);
            for (int i = next.getAndIncrement(); i < nanos.length; i = next.getAndIncrement()) {
                long start = System.nanoTime();
                if (i % ONE_IN_SO_MANY_IS_WATCHED == 0) {
                    spawnWatched(request);
                } else {
                    Spawn.start(request);
                }
                nanos[i] = System.nanoTime() - start;
            }
            request.workingDirectory().close();
            request.descriptors().values().forEach(Descriptor::close);
        } catch (RuntimeException | Error e) {
            problems.add(e.toString());
        }
        check("blocked signals", maskBefore, blockedSignals());
    }

    private void spawnWatched(SpawnRequest request) {
        try (Posix posix = Posix.open();
                WatchedSpawn watched = WatchedSpawn.start(posix, request)) {
            check("a watched process is there", true, Files.exists(Path.of("/proc", "" + watched.pid())));
        }
    }

    private SpawnRequest request(Posix posix) {
        Descriptor root = posix.open("/", Posix.OpenFor.ENTERING, 0);
        Descriptor in = posix.open("/dev/null", Posix.OpenFor.READING, 0);
        Descriptor out = posix.open(ByteString.of(file), Posix.OpenFor.APPENDING, 0);
        return new SpawnRequest(
                "/bin/echo", List.of("echo", "x"), environment, 022, root, SpawnRequest.inOrder(in, out, out));
    }

    /** Two from each program. The last ones may still be on their way. */
    private void awaitBytes(long expected) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_FOR_THE_LAST.toNanos();
        while (Files.size(file) < expected && System.nanoTime() < deadline) {
            sleep(Duration.ofMillis(20));
        }
        check("bytes written", expected, Files.size(file));
    }

    private void check(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            problems.add(what + ": " + actual + " instead of " + expected);
        }
    }

    private static int openDescriptors() throws IOException {
        return new ProcView(ProcessHandle.current().pid()).descriptors().size();
    }

    /** Of the platform thread that runs this; carriers of virtual threads all have the same mask. */
    private static String blockedSignals() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/thread-self/status"))) {
            return lines.filter(line -> line.startsWith("SigBlk:")).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
