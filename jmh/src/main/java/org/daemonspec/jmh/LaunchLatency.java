package org.daemonspec.jmh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long it takes until a daemon JVM is ready: {@link LaunchedProgram} with a pidfile and a task that does nothing. The
 * floor is a JVM that says hello; {@code launch} has one JVM to start, {@code detach} two, one after the other.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3)
@Measurement(iterations = 15)
public class LaunchLatency {

    /** A pidfile; between two measurements, the daemon ends and removes it. */
    @State(Scope.Benchmark)
    public static class Daemon {

        private final Path directory = temporaryDirectory();
        private final Path pidfile = directory.resolve("launched.pid");

        /** Waits for the daemon's end: it is told by nobody but its pidfile. */
        @TearDown(Level.Invocation)
        public void awaitEnd() throws InterruptedException {
            for (int i = 0; Files.exists(pidfile); i++) {
                if (i == 2000) {
                    throw new IllegalStateException("the daemon does not end, see " + pidfile);
                }
                Thread.sleep(5);
            }
        }

        /** Removes the directory. */
        @TearDown
        public void remove() throws IOException {
            Files.delete(directory);
        }

        private static Path temporaryDirectory() {
            try {
                return Files.createTempDirectory("daemonspec");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A launcher that stays, and launches when it is asked to. */
    @State(Scope.Benchmark)
    public static class WarmLauncher extends Daemon {

        private final Process process = start(Redirect.PIPE, LaunchedProgram.class, "launch", super.pidfile.toString());
        private final Writer requests = process.outputWriter(StandardCharsets.US_ASCII);
        private final BufferedReader answers = process.inputReader(StandardCharsets.US_ASCII);

        private void launch() throws IOException {
            requests.write('\n');
            requests.flush();
            if (answers.readLine() == null) {
                throw new IllegalStateException("the launch failed, and said why on stderr");
            }
        }

        /** Ends it. */
        @TearDown
        public void end() {
            process.destroy();
        }
    }

    /** The floor: from the start of {@code java} until it has ended. */
    @Benchmark
    public void javaHello() throws InterruptedException {
        run(HelloProgram.class);
    }

    /** In a launcher that has launched before: one call of {@code DaemonSpec.launch}. */
    @Benchmark
    public void launch(WarmLauncher launcher) throws IOException {
        launcher.launch();
    }

    /** As the user sees it who starts a service: a cold launcher, from the start of {@code java} until it has ended. */
    @Benchmark
    public void detach(Daemon daemon) throws InterruptedException {
        run(LaunchedProgram.class, "detach", daemon.pidfile.toString());
    }

    private static void run(Class<?> program, String... arguments) throws InterruptedException {
        int exitCode = start(Redirect.DISCARD, program, arguments).waitFor();
        if (exitCode != 0) {
            throw new IllegalStateException(program + " failed with exit code " + exitCode);
        }
    }

    private static Process start(Redirect output, Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command)
                    .redirectOutput(output)
                    .redirectError(Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
