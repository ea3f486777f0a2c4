package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.daemonspec.internal.control.Seconds;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.posix.ByteString;

/**
 * A directory for the time of a training, with mode 0700, and the processes that work in it, one at a time. Both are gone at its end,
 * also when this process is told to end meanwhile.
 */
final class Workshop implements AutoCloseable {

    /** Where a JVM that is recorded says why it failed. */
    static final String REASON = "reason";

    static final String OUT = "out";
    static final String ERR = "err";

    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int LAST_LINES = 3;

    private final Path directory;
    private final Thread atShutdown = new Thread(this::clear, "daemonspec-training");
    private volatile Optional<Process> worker = Optional.empty();

    private Workshop(Path directory) {
        this.directory = directory;
    }

    /** Makes it beside the file that is to be made. */
    static Workshop open(Path file) throws IOException {
        Workshop workshop = new Workshop(Files.createTempDirectory(
                file.getParent(),
                "." + file.getFileName() + ".",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
        Runtime.getRuntime().addShutdownHook(workshop.atShutdown);
        return workshop;
    }

    Path directory() {
        return directory;
    }

    /** The option that tells a JVM its role, as {@code ROLE:DIRECTORY}. */
    String mark(String role) {
        return "-D" + JvmProcess.TRAINING_PROPERTY + "=" + role + ":" + ByteString.of(directory);
    }

    /** Runs a JVM to its end; why it failed, if it did. */
    Optional<String> run(ProcessBuilder builder, String name, Duration limit) throws IOException {
        Process process = builder.redirectOutput(directory.resolve(OUT).toFile())
                .redirectError(directory.resolve(ERR).toFile())
                .start();
        worker = Optional.of(process);
        if (!endsWithin(process, limit)) {
            end(process);
            return Optional.of("the JVM had not ended after " + Seconds.of(limit) + lastWords());
        }
        return process.exitValue() == 0 ? Optional.empty() : Optional.of(reason(process.exitValue(), name));
    }

    private String reason(int exitCode, String name) throws IOException {
        if (Files.exists(directory.resolve(REASON))) {
            return Files.readString(directory.resolve(REASON));
        }
        List<String> said = lines(ERR);
        for (int i = 0; i < said.size(); i++) {
            if (said.get(i).startsWith(name + ": ")) {
                return String.join("\n", said.subList(i, said.size())).substring(name.length() + 2);
            }
        }
        return "the JVM ended with exit code " + exitCode + lastWords();
    }

    /** What the last JVM said at its end. */
    String lastWords() throws IOException {
        List<String> said = lines(ERR);
        List<String> words = said.isEmpty() ? lines(OUT) : said;
        return words.isEmpty()
                ? " and said nothing."
                : "; it said:\n  "
                        + String.join("\n  ", words.subList(Math.max(0, words.size() - LAST_LINES), words.size()));
    }

    private List<String> lines(String file) throws IOException {
        String text = new String(Files.readAllBytes(directory.resolve(file)), StandardCharsets.UTF_8);
        return text.lines().map(LogTail::printable).toList();
    }

    private static boolean endsWithin(Process process, Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** By SIGTERM, on which it ends what it has started; then by SIGKILL. */
    private static void end(Process process) {
        process.destroy();
        if (!endsWithin(process, GRACE)) {
            process.destroyForcibly();
        }
    }

    private void clear() {
        worker.ifPresent(Workshop::end);
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(Workshop::delete);
        } catch (IOException gone) {
            return;
        }
        delete(directory);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            System.err.println("unlink " + file + ": " + e + "; remove it by hand.");
        }
    }

    @Override
    public void close() {
        clear();
        try {
            Runtime.getRuntime().removeShutdownHook(atShutdown);
        } catch (IllegalStateException e) {
            // it runs
        }
    }
}
