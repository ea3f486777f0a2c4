package org.daemonspec.jmh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The program {@code floor.c}, compiled by this machine's C compiler and waiting beside the benchmark to be asked for a
 * batch of operations. A batch costs one round trip through two pipes; make it large enough for that not to count.
 */
final class CFloor implements AutoCloseable {

    private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");
    private static final long PATIENCE_SECONDS = 10;

    private final Process process;
    private final BufferedReader results;

    private CFloor(Process process) {
        this.process = process;
        this.results = process.inputReader(StandardCharsets.US_ASCII);
    }

    /** Compiles and starts the program with the arguments that {@code floor.c} describes. */
    static CFloor start(String... arguments) {
        String compiler = compiler()
                .orElseThrow(() -> new IllegalStateException(
                        "there is no C compiler, none of " + COMPILERS + ", to measure the floor with; install gcc."));
        try {
            Path program = Files.createTempFile("daemonspec-floor", "");
            try {
                compile(compiler, program);
                return new CFloor(run(program, arguments));
            } finally {
                Files.delete(program);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first of the usual C compilers that is in PATH. */
    static Optional<String> compiler() {
        List<Path> directories = List.of(
                        System.getenv().getOrDefault("PATH", "/usr/bin").split(":", -1))
                .stream()
                .map(Path::of)
                .toList();
        return COMPILERS.stream()
                .filter(name -> directories.stream().anyMatch(path -> Files.isExecutable(path.resolve(name))))
                .findFirst();
    }

    /** Has the operation done so many times; the last one's result. */
    int run(int times) {
        try {
            var requests = process.outputWriter(StandardCharsets.US_ASCII);
            requests.write(times + "\n");
            requests.flush();
            String result = results.readLine();
            if (result == null) {
                throw new IllegalStateException("the floor failed, and said why on stderr");
            }
            return Integer.parseInt(result);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the program. */
    @Override
    public void close() {
        process.destroy();
    }

    private static void compile(String compiler, Path program) throws IOException {
        Process process = new ProcessBuilder(
                        compiler, "-std=gnu11", "-O2", "-Wall", "-o", program.toString(), "-x", "c", "-")
                .redirectOutput(Redirect.INHERIT)
                .redirectError(Redirect.INHERIT)
                .start();
        try (InputStream source = Objects.requireNonNull(CFloor.class.getResourceAsStream("/floor.c"), "floor.c");
                var input = process.getOutputStream()) {
            source.transferTo(input);
        }
        if (exitCode(process) != 0) {
            throw new IllegalStateException(compiler + " failed; the floor needs glibc 2.34 or later.");
        }
    }

    private static Process run(Path program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    }

    private static int exitCode(Process process) {
        try {
            if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        throw new IllegalStateException("the C compiler does not end");
    }
}
