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
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.daemonspec.internal.control.Seconds;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Printable;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * A directory for the time of a training, with mode 0700, and the processes that work in it, one at a time. Both are gone at its end,
 * and so is a pidfile that one of them left, also when this process is told to end meanwhile.
 */
final class Workshop implements AutoCloseable {

    /** Where a JVM that is recorded says why it failed. */
    static final String REASON = "reason";

    /** It is there once all that was to be recorded has been done. */
    static final String PLAYED = "played";

    static final String OUT = "out";
    static final String ERR = "err";

    private static final String CANCELLED = "it was cancelled.";
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int LAST_LINES = 3;

    private final Path directory;
    private final Path pidfile;
    private final Duration grace;
    private final Thread atShutdown = new Thread(this::clear, "daemonspec-training");
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<Process> worker = Optional.empty();
    private boolean closed;

    private Workshop(Path directory, Path pidfile, Duration grace) {
        this.directory = directory;
        this.pidfile = pidfile;
        this.grace = grace;
    }

    /**
     * Makes it beside the file that is to be made.
     *
     * @param pidfile of what is started here
     * @param grace how long a process may take to end what it has started, and then itself
     */
    static Workshop open(Path file, Path pidfile, Duration grace) throws IOException {
        Path directory = Files.createTempDirectory(
                file.getParent(),
                "." + file.getFileName() + ".",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Workshop workshop = new Workshop(directory, pidfile, grace);
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
        Optional<Process> started = start(builder);
        if (started.isEmpty()) {
            return Optional.of(CANCELLED);
        }
        Process process = started.get();
        if (!endsWithin(process, limit)) {
            end(process);
            return Optional.of("the JVM had not ended after " + Seconds.of(limit) + lastWords());
        }
        if (isClosed()) {
            return Optional.of(CANCELLED);
        }
        return process.exitValue() == 0 ? Optional.empty() : Optional.of(reason(process.exitValue(), name));
    }

    /** Empty if this process has been told to end: what is started then would stay. */
    private Optional<Process> start(ProcessBuilder builder) throws IOException {
        lock.lock();
        try {
            if (!closed) {
                builder.redirectOutput(emptied(OUT)).redirectError(emptied(ERR));
                worker = Optional.of(builder.start());
            }
            return closed ? Optional.empty() : worker;
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** A file that was not there before, so that nothing leads elsewhere. */
    private ProcessBuilder.Redirect emptied(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.deleteIfExists(file);
        return ProcessBuilder.Redirect.appendTo(Files.createFile(file).toFile());
    }

    /** Whether there is such a file in it. */
    boolean has(String name) {
        return Files.exists(directory.resolve(name));
    }

    private String reason(int exitCode, String name) throws IOException {
        if (has(REASON)) {
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

    /** Without what a JVM says of variables with options, which is no reason. */
    private List<String> lines(String file) throws IOException {
        String text = new String(Files.readAllBytes(directory.resolve(file)), StandardCharsets.UTF_8);
        return text.lines()
                .filter(line -> !line.startsWith("Picked up ") && !line.startsWith("NOTE: Picked up "))
                .map(Printable::of)
                .toList();
    }

    private static boolean endsWithin(Process process, Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** By SIGTERM, again and again, since one may come while its handlers change; then by SIGKILL. */
    private void end(Process process) {
        for (long seconds = 0; seconds < grace.toSeconds(); seconds++) {
            process.destroy();
            if (endsWithin(process, SECOND)) {
                return;
            }
        }
        process.destroyForcibly();
    }

    private void clear() {
        lastWorker().ifPresent(this::end);
        removePidfile();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(Workshop::delete);
        } catch (IOException gone) {
            return;
        }
        delete(directory);
    }

    /** From here on, none is started. */
    private Optional<Process> lastWorker() {
        lock.lock();
        try {
            closed = true;
            return worker;
        } finally {
            lock.unlock();
        }
    }

    /** That of a process that did not come to its end. */
    private void removePidfile() {
        try (Posix posix = Posix.open()) {
            LockedPidfile.removeIfFree(posix, pidfile);
        } catch (PidfileException | SystemCallException e) {
            // the next start says so
        }
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
            awaitHook(); // it does the same
        }
    }

    /** This process is not to be halted before it is done. */
    private void awaitHook() {
        try {
            atShutdown.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
