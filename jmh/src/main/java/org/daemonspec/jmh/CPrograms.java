package org.daemonspec.jmh;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Our C programs, compiled by this machine's C compiler: {@code floor.c} does the work that something is the floor of, and
 * {@code stopwatch.c} times other programs, so that nothing of this JVM is in their time.
 */
final class CPrograms implements AutoCloseable {

    private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");
    private static final long PATIENCE_SECONDS = 20;

    private final Path directory;

    private CPrograms(Path directory) {
        this.directory = directory;
    }

    /** Compiles them. */
    static CPrograms compile() throws IOException {
        String compiler = compiler()
                .orElseThrow(() -> new IllegalStateException(
                        "there is no C compiler, none of " + COMPILERS + ", to measure the floor with; install gcc."));
        CPrograms programs = new CPrograms(Files.createTempDirectory("daemonspec-bench"));
        try {
            programs.compile(compiler, "floor");
            programs.compile(compiler, "stopwatch");
            return programs;
        } catch (IOException | RuntimeException e) {
            programs.close();
            throw e;
        }
    }

    /** The first of the usual C compilers that is in PATH. */
    static Optional<String> compiler() {
        return COMPILERS.stream()
                .filter(name -> ProgramSearch.inPath(name).isPresent())
                .findFirst();
    }

    /** Starts {@code floor.c} with arguments that it describes. */
    CProgram floor(String... arguments) {
        return start("floor", List.of(arguments));
    }

    /** Starts {@code stopwatch.c} with arguments that it describes. */
    CProgram stopwatch(String... arguments) {
        return start("stopwatch", List.of(arguments));
    }

    private CProgram start(String program, List<String> arguments) {
        List<String> command =
                new ArrayList<>(List.of(directory.resolve(program).toString()));
        command.addAll(arguments);
        try {
            return new CProgram(
                    new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes them; what runs goes on. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(directory.resolve("floor"));
        Files.deleteIfExists(directory.resolve("stopwatch"));
        Files.delete(directory);
    }

    private void compile(String compiler, String program) throws IOException {
        String source = "/" + program + ".c";
        Process process = new ProcessBuilder(
                        compiler,
                        "-std=gnu11",
                        "-O2",
                        "-Wall",
                        "-pthread",
                        "-o",
                        directory.resolve(program).toString(),
                        "-x",
                        "c",
                        "-")
                .redirectOutput(Redirect.INHERIT)
                .redirectError(Redirect.INHERIT)
                .start();
        try (InputStream code = Objects.requireNonNull(CPrograms.class.getResourceAsStream(source), source);
                var input = process.getOutputStream()) {
            code.transferTo(input);
        }
        if (exitCode(process) != 0) {
            throw new IllegalStateException(compiler + " failed; " + source + " needs glibc 2.34 or later.");
        }
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
