package org.daemonspec.jmh;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.daemonspec.DaemonHandle;
import org.daemonspec.DaemonSpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long it takes a warm JVM to make a daemon of {@code /bin/true}, whose standard streams are {@code /dev/null}.
 *
 * <p>The time ends when the call returns, which each of them does after a successful execve(2). {@code /bin/true} then
 * runs on beside the next start and is reaped by whoever is its parent: init for a daemon, a thread of the JDK for
 * {@link #processBuilder}. Nobody waits for it, since nobody can wait for a daemon. Not equal is what the calls achieve:
 *
 * <table>
 *   <caption>What has been done when the call returns</caption>
 *   <tr><th></th><th>session</th><th>umask, directory, signals</th><th>other descriptors closed</th><th>parent</th></tr>
 *   <tr><td>{@code floorInC}</td><td>new</td><td>set</td><td>yes</td><td>init</td></tr>
 *   <tr><td>{@code exec}</td><td>new</td><td>set</td><td>yes</td><td>init</td></tr>
 *   <tr><td>{@code processBuilder}</td><td>ours</td><td>inherited</td><td>yes</td><td>we</td></tr>
 *   <tr><td>{@code processBuilderSetsid}</td><td>new</td><td>inherited</td><td>yes</td><td>init</td></tr>
 * </table>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx2g"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class DetachLatency {

    private static final String PROGRAM = "/bin/true";
    private static final int BATCH = 50;

    /** The C program that starts daemons. */
    @State(Scope.Benchmark)
    public static class Floor {

        private final CFloor starter = CFloor.start("spawn", PROGRAM);

        /** Ends it. */
        @TearDown
        public void end() {
            starter.close();
        }
    }

    /** Memory that fork(2) would have to copy the page tables of. */
    @State(Scope.Benchmark)
    public static class Heap {

        /** How much of it. */
        @Param({"0", "1024"})
        public int touchedMegabytes;

        private final List<byte[]> memory = new ArrayList<>();

        /** Zeroing it touches it. In pieces far smaller than a region of G1, which would waste half of each region. */
        @Setup
        public void touch() {
            for (int i = 0; i < touchedMegabytes * 16; i++) {
                memory.add(new byte[1 << 16]);
            }
        }
    }

    /** The floor: clone, setsid, umask, posix_spawn with the same file actions and attributes, waitpid. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int floorInC(Floor floor) {
        return floor.starter.run(BATCH);
    }

    /** daemonspec, the whole call. */
    @Benchmark
    public DaemonHandle exec(Heap heap) {
        return DaemonSpec.builder().exec(PROGRAM);
    }

    /** The JDK, which does not detach. */
    @Benchmark
    public Process processBuilder() throws IOException {
        return start(PROGRAM);
    }

    /** What one does with the JDK alone: setsid(1) forks, the child makes the session, the parent ends and is waited for. */
    @Benchmark
    public int processBuilderSetsid() throws IOException, InterruptedException {
        return start("setsid", "--fork", PROGRAM).waitFor();
    }

    private static Process start(String... command) throws IOException {
        return new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
