package org.daemonspec.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Starts programs for a test and ends whatever is left of them afterwards, also when the test failed: every process that
 * carries this test's mark in its environment. A test that clears the environment names its daemons with {@link #own}.
 */
public final class Processes implements AfterEachCallback {

    private static final String MARK = "DAEMONSPEC_TEST_MARK";
    /** An emulated machine needs more. */
    private static final Duration PATIENCE = Duration.ofSeconds(Long.getLong("daemonspec.patience", 60));

    private final String mark = UUID.randomUUID().toString();
    private final List<Long> owned = new ArrayList<>();

    /** A builder for a process with this test's mark. */
    public ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put(MARK, mark);
        return builder;
    }

    /** Runs a command to its end and gives what it said. */
    public Finished run(List<String> command) throws Exception {
        return run(builder(command));
    }

    /** Runs a command to its end and gives what it said; its stdin is empty. */
    public Finished run(ProcessBuilder builder) throws Exception {
        Path out = Files.createTempFile("daemonspec", ".out");
        Path err = Files.createTempFile("daemonspec", ".err");
        try {
            // Files, not pipes: a daemon that kept a pipe open would make reading it wait, and hide the launcher's end.
            Process process = builder.redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running after " + PATIENCE + ": " + builder.command() + "\n"
                        + Files.readString(out) + Files.readString(err));
            }
            return new Finished(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Has a process ended after the test that does not carry the mark. */
    public void own(long pid) {
        owned.add(pid);
    }

    /** Every process that carries this test's mark. */
    public List<ProcView> marked() throws IOException {
        List<ProcView> marked = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                ProcView process =
                        new ProcView(Long.parseLong(entry.getFileName().toString()));
                if (isMarked(process)) {
                    marked.add(process);
                }
            }
        }
        return marked;
    }

    /** Whether a process carries this test's mark; not while it is at its execve(2), nor once it has ended. */
    public boolean isMarked(ProcView process) {
        return process.environment().contains(MARK + "=" + mark);
    }

    /** Waits for something that a test cannot be told of. */
    public static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + PATIENCE + ": " + what);
            }
            Thread.sleep(5);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (ProcView process : marked()) {
            ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
        for (long pid : owned) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
        await("the test's processes to be gone", () -> {
            try {
                return marked().isEmpty();
            } catch (IOException e) {
                return false;
            }
        });
    }

    /**
     * A program that has ended.
     *
     * @param exitCode its exit status
     * @param out what it wrote to stdout
     * @param err what it wrote to stderr
     */
    public record Finished(int exitCode, String out, String err) {}

    static String readIfThere(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException goneOrNotOurs) {
            return "";
        }
    }
}
