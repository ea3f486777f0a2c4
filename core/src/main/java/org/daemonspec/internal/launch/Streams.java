package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;

/**
 * The daemon's standard streams, opened in the launcher, where a failure can still be reported.
 *
 * @param stdin descriptor 0
 * @param stdout descriptor 1
 * @param stderr descriptor 2
 * @param log what the daemon says before it is ready, for the one who waits; empty if it goes to {@code /dev/null}
 */
record Streams(Descriptor stdin, Descriptor stdout, Descriptor stderr, Optional<LogTail> log) implements AutoCloseable {

    /** Logs are for the owner to write and the group to read, and never world-readable by accident. */
    private static final int LOG_MODE = 0640;

    /** The streams as specified. */
    static Streams open(Posix posix, LaunchSpec spec) {
        return open(posix, spec, Optional.empty());
    }

    /**
     * The same, but what would go to {@code /dev/null} is kept in memory at first, so that a JVM that dies before it is ready
     * does not die without a word. The daemon switches over to {@code /dev/null} when it is ready.
     */
    static Streams openKeepingFirstWords(Posix posix, LaunchSpec spec) {
        Descriptor memory = posix.memoryFile("daemonspec-first-words");
        posix.setAppend(memory);
        return open(posix, spec, Optional.of(memory));
    }

    private static Streams open(Posix posix, LaunchSpec spec, Optional<Descriptor> insteadOfNull) {
        List<Descriptor> opened = new ArrayList<>();
        try {
            Descriptor stdin = posix.open(ByteString.of(pathOf(spec.stdin())), OpenFor.READING, 0);
            opened.add(stdin);
            Descriptor stdout = openOutput(posix, spec.stdout(), insteadOfNull);
            opened.add(stdout);
            Descriptor stderr = sharesStdout(spec) ? stdout : openOutput(posix, spec.stderr(), insteadOfNull);
            return new Streams(stdin, stdout, stderr, log(spec, insteadOfNull));
        } catch (RuntimeException e) {
            opened.forEach(Descriptor::close);
            throw e;
        }
    }

    /** Two names of one log are one open file: its lines do not overwrite each other, and it is opened once. */
    private static boolean sharesStdout(LaunchSpec spec) {
        return spec.stderr() instanceof StandardStream.SameAsStdout
                || spec.stderr().equals(spec.stdout());
    }

    private static Descriptor openOutput(Posix posix, StandardStream stream, Optional<Descriptor> insteadOfNull) {
        if (stream instanceof StandardStream.Null && insteadOfNull.isPresent()) {
            return insteadOfNull.get();
        }
        return posix.open(ByteString.of(pathOf(stream)), OpenFor.APPENDING, LOG_MODE);
    }

    /** Complaints are looked for in stderr's file first. */
    private static Optional<LogTail> log(LaunchSpec spec, Optional<Descriptor> memory) {
        StandardStream complaints = sharesStdout(spec) ? spec.stdout() : spec.stderr();
        return switch (complaints) {
            case StandardStream.File(Path path) -> Optional.of(new LogTail(path, size(path), "the end of " + path));
            default ->
                memory.map(file ->
                        new LogTail(Path.of("/proc/self/fd", Integer.toString(file.number())), 0, "its last words"));
        };
    }

    private static long size(Path path) {
        try {
            return Files.size(path);
        } catch (IOException e) {
            return 0;
        }
    }

    private static Path pathOf(StandardStream stream) {
        return stream instanceof StandardStream.File(Path path) ? path : Path.of("/dev/null");
    }

    @Override
    public void close() {
        stdin.close();
        stdout.close();
        stderr.close();
    }
}
