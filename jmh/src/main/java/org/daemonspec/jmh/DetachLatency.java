package org.daemonspec.jmh;

import com.zaxxer.nuprocess.NuAbstractProcessHandler;
import com.zaxxer.nuprocess.NuProcess;
import com.zaxxer.nuprocess.NuProcessBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.daemonspec.DaemonHandle;
import org.daemonspec.DaemonSpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * How long it takes a warm JVM to start {@code /bin/true}.
 *
 * <p>The time ends when the call returns, which each of them does after a successful execve(2). {@code /bin/true} then
 * runs on and is reaped by whoever is its parent: init for a daemon, a thread of the library otherwise. Nobody waits for it, since
 * nobody can wait for a daemon. Before the next call there is a {@link Pause}, in which it ends.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class DetachLatency {

    private static final String PROGRAM = "/bin/true";

    /**
     * A pause before each call that is measured, in which the program of the call before ends. Without it three processes queue for
     * two processors, and what is measured is whom the kernel lets go first: the same call takes 200 or 600 µs then, in C as well.
     */
    @State(Scope.Benchmark)
    public static class Pause {

        /** {@code /bin/true} takes two thirds of it from execve(2) until its parent has reaped it, and seldom more than nine tenths. */
        static final int MICROSECONDS = 1000;

        private boolean isMeasured;

        /** Warming up takes none: a compiler looks at how often something was called. */
        @Setup(Level.Iteration)
        public void begin(IterationParams iteration) {
            isMeasured = iteration.getType() == IterationType.MEASUREMENT;
        }

        /** Takes it. */
        @Setup(Level.Invocation)
        public void take() {
            if (isMeasured) {
                LockSupport.parkNanos(MICROSECONDS * 1000L);
            }
        }
    }

    /** Open descriptors: as many as the system property {@code descriptors} says, under the limit {@code nofile}. */
    @State(Scope.Benchmark)
    public static class Descriptors {

        private final List<FileChannel> channels = new ArrayList<>();

        /** Sets the limit and opens them; nothing without the properties. */
        @Setup
        public void open() throws IOException, InterruptedException {
            int limit = Integer.getInteger("nofile", 0);
            if (limit > 0) {
                setLimit(limit);
            }
            for (int open = count(); open < Integer.getInteger("descriptors", 0); open++) {
                channels.add(FileChannel.open(Path.of("/dev/null")));
            }
        }

        /** Closes them. */
        @TearDown
        public void close() throws IOException {
            for (FileChannel channel : channels) {
                channel.close();
            }
        }

        private static void setLimit(int limit) throws IOException, InterruptedException {
            int exitCode = new ProcessBuilder(
                            "prlimit", "--pid=" + ProcessHandle.current().pid(), "--nofile=" + limit + ":" + limit)
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException("prlimit --nofile=" + limit + " failed");
            }
        }

        private static int count() throws IOException {
            try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
                return (int) open.count();
            }
        }
    }

    /** daemonspec, the whole call. */
    @Benchmark
    public DaemonHandle exec(Descriptors descriptors, Pause pause) {
        return DaemonSpec.builder().exec(PROGRAM);
    }

    /** The JDK, which does not detach. */
    @Benchmark
    public Process processBuilder(Pause pause) throws IOException {
        return new ProcessBuilder(PROGRAM)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** NuProcess, which does not detach, and has no choice but pipes for the standard streams. */
    @Benchmark
    public NuProcess nuProcess(Pause pause) {
        return new NuProcessBuilder(new NuAbstractProcessHandler() {}, PROGRAM).start();
    }
}
