package org.daemonspec.jmh;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.daemonspec.internal.pidfile.LockAttempt;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Posix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a lock costs that nobody else wants, from open(2) to close(2). The file stays, and lies on a tmpfs, as in {@code /run}.
 *
 * <ul>
 *   <li>{@code pidfile}: daemonspec's own protocol, with every check, the blanks and the pid. There is no public API for it alone, so
 *       the internal classes are called as a start calls them.
 *   <li>{@code flock}: nothing but the lock, through the same native calls.
 *   <li>{@code fileChannel}: the JDK's fcntl(2) lock.
 *   <li>{@code jna}: {@code flock} by JNA.
 * </ul>
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class PidfileLatency {

    /** O_RDWR, O_CREAT, O_CLOEXEC, O_NOCTTY, O_NONBLOCK and O_NOFOLLOW of Linux on x86-64: as daemonspec and the floor open it. */
    private static final int FLAGS = 02 | 0100 | 02000000 | 0400 | 04000 | 0400000;

    private static final int LOCK_EX_NB = 2 | 4;

    /** The file. */
    @State(Scope.Benchmark)
    public static class Uncontended {

        private final Path directory = temporaryDirectory();
        private final Path path = directory.resolve("bench.pid");
        private final String name = ByteString.of(path);
        private final long pid = ProcessHandle.current().pid();

        /** Removes it. */
        @TearDown
        public void remove() throws IOException {
            Files.deleteIfExists(path);
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

    /** daemonspec's own protocol. */
    @Benchmark
    public void pidfile(Uncontended file) {
        try (Posix posix = Posix.open()) {
            switch (LockAttempt.at(posix, file.path, false, () -> {})) {
                case LockAttempt.Acquired(LockedPidfile pidfile) -> {
                    try (pidfile) {
                        pidfile.write(file.pid);
                    }
                }
                case LockAttempt.Held held -> throw new IllegalStateException(held + ", but nobody else locks it");
            }
        }
    }

    /** The lock alone, by daemonspec's native calls. */
    @Benchmark
    public void flock(Uncontended file) {
        if (!FlockAttempt.succeeds(file.name)) {
            throw new IllegalStateException("nobody else locks it");
        }
    }

    /** The lock alone, by the JDK. */
    @Benchmark
    public void fileChannel(Uncontended file) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        file.path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
                FileLock lock = Objects.requireNonNull(channel.tryLock(), "nobody else locks it")) {
            Objects.requireNonNull(lock);
        }
    }

    /** The lock alone, by JNA. */
    @Benchmark
    public void jna(Uncontended file) {
        int descriptor = JnaLibc.open(file.name, FLAGS, 0644);
        if (descriptor < 0 || JnaLibc.flock(descriptor, LOCK_EX_NB) != 0 || JnaLibc.close(descriptor) != 0) {
            throw new IllegalStateException("errno " + Native.getLastError());
        }
    }

    /** By JNA's fastest way, direct mapping. */
    private static final class JnaLibc {

        static {
            Native.register(JnaLibc.class, "c");
        }

        private JnaLibc() {}

        static native int open(String path, int flags, int mode) throws LastErrorException;

        static native int flock(int descriptor, int operation) throws LastErrorException;

        static native int close(int descriptor) throws LastErrorException;
    }
}
