package org.daemonspec.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.daemonspec.internal.pidfile.LockAttempt;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it takes to get an answer to <em>may I run?</em>: the lock, or that another has it. A lock is let go at once. The
 * file stays, and lies on a tmpfs, as in {@code /run}.
 *
 * <p>Three protocols, from open(2) to close(2):
 *
 * <ul>
 *   <li>{@code pidfile}: daemonspec's own, with every check, the blanks and the pid. There is no public API for it alone, so
 *       the internal classes are called as a start calls them. Who finds it locked learns the holder's pid; who meets a
 *       holder that has no pid to show yet, or is just letting go, waits five milliseconds and asks again.
 *   <li>{@code flock}: nothing but the lock, through the same native calls. Who finds it locked goes away.
 *   <li>{@code fileChannel}: the JDK's fcntl(2) lock. With one thread only: between threads of one JVM, the JDK answers with
 *       OverlappingFileLockException from a table of its own and does not ask the kernel.
 * </ul>
 *
 * <p>The floors are C's, with one thread; what a ratio with more threads shows beyond that is waiting.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PidfileContention {

    private static final int BATCH = 2000;

    /** The file that everybody wants, and a check that only one gets it. */
    @State(Scope.Benchmark)
    public static class Contended {

        private final Path directory = temporaryDirectory();
        private final Path file = directory.resolve("bench.pid");
        private final String name = ByteString.of(file);
        private final long pid = ProcessHandle.current().pid();
        private final AtomicInteger holders = new AtomicInteger();

        private void holdForAMoment() {
            if (holders.incrementAndGet() != 1) {
                throw new IllegalStateException("two hold the lock");
            }
            holders.decrementAndGet();
        }

        /** Removes it. */
        @TearDown
        public void remove() throws IOException {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }

        private static Path temporaryDirectory() {
            try {
                return Files.createTempDirectory(Path.of("/dev/shm"), "daemonspec");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The C program that locks it as a pidfile. */
    @State(Scope.Benchmark)
    public static class PidfileFloor extends Contended {

        private final CFloor locker = CFloor.start("pidfile", super.file.toString());

        /** Ends it. */
        @TearDown
        public void end() {
            locker.close();
        }
    }

    /** The C program that just locks it. */
    @State(Scope.Benchmark)
    public static class FlockFloor extends Contended {

        private final CFloor locker = CFloor.start("flock", super.file.toString());

        /** Ends it. */
        @TearDown
        public void end() {
            locker.close();
        }
    }

    /** The answers. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Answers {

        /** Yes. */
        public long acquired;

        /** No, another has it. */
        public long held;
    }

    /** The floor of {@code pidfile}. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int pidfileInC(PidfileFloor floor) {
        return floor.locker.run(BATCH);
    }

    /** The floor of {@code flock} and {@code fileChannel}. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int flockInC(FlockFloor floor) {
        return floor.locker.run(BATCH);
    }

    /** Alone. */
    @Benchmark
    public void pidfile(Contended contended, Answers answers) {
        lockPidfile(contended, answers);
    }

    /** Two at a time. */
    @Benchmark
    @Threads(2)
    public void pidfileBy2(Contended contended, Answers answers) {
        lockPidfile(contended, answers);
    }

    /** Eight at a time. */
    @Benchmark
    @Threads(8)
    public void pidfileBy8(Contended contended, Answers answers) {
        lockPidfile(contended, answers);
    }

    /** Alone. */
    @Benchmark
    public void flock(Contended contended, Answers answers) {
        lock(contended, answers);
    }

    /** Two at a time. */
    @Benchmark
    @Threads(2)
    public void flockBy2(Contended contended, Answers answers) {
        lock(contended, answers);
    }

    /** Eight at a time. */
    @Benchmark
    @Threads(8)
    public void flockBy8(Contended contended, Answers answers) {
        lock(contended, answers);
    }

    /** Alone. */
    @Benchmark
    public void fileChannel(Contended contended, Answers answers) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        contended.file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
                FileLock lock = Objects.requireNonNull(channel.tryLock(), "nobody else locks it")) {
            contended.holdForAMoment();
            answers.acquired++;
        }
    }

    private static void lockPidfile(Contended contended, Answers answers) {
        try (Posix posix = Posix.open()) {
            switch (LockAttempt.at(posix, contended.file, false, () -> {})) {
                case LockAttempt.Acquired(LockedPidfile pidfile) -> {
                    try (pidfile) {
                        pidfile.write(contended.pid);
                        contended.holdForAMoment();
                    }
                    answers.acquired++;
                }
                case LockAttempt.Held held -> answers.held++;
            }
        }
    }

    private static void lock(Contended contended, Answers answers) {
        try (Posix posix = Posix.open();
                Descriptor file = posix.open(contended.name, Posix.OpenFor.LOCKING, 0644)) {
            if (posix.tryLock(file, contended.name)) {
                contended.holdForAMoment();
                answers.acquired++;
            } else {
                answers.held++;
            }
        }
    }
}
