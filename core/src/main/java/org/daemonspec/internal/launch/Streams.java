package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daemonspec.internal.daemon.LogFiles;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;

/**
 * The daemon's standard streams, opened in the launcher, where a failure can still be reported.
 *
 * @param stdin descriptor 0
 * @param stdout descriptor 1
 * @param stderr descriptor 2; the same as stdout if both lead to one place
 * @param logs what the daemon says before it is ready, for the one who waits; complaints first
 */
record Streams(Descriptor stdin, Descriptor stdout, Descriptor stderr, List<LogTail> logs) implements AutoCloseable {

    /** The streams as specified. */
    static Streams open(Posix posix, LaunchSpec spec) {
        return open(posix, spec, Optional.empty());
    }

    /**
     * The same, but what would go to {@code /dev/null} is kept in memory at first, so that a JVM that dies before it is ready
     * does not die without a word. The daemon switches over to {@code /dev/null} when it is ready.
     */
    static Streams openKeepingFirstWords(Posix posix, LaunchSpec spec) {
        boolean anyNull = Stream.of(spec.stdout(), spec.stderr()).anyMatch(StandardStream.Null.class::isInstance);
        if (!anyNull) {
            return open(posix, spec);
        }
        Descriptor memory = posix.memoryFile("daemonspec-first-words");
        try {
            posix.setAppend(memory);
            return open(posix, spec, Optional.of(memory));
        } catch (RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    private static Streams open(Posix posix, LaunchSpec spec, Optional<Descriptor> insteadOfNull) {
        List<Descriptor> opened = new ArrayList<>();
        try {
            opened.add(posix.open(ByteString.of(pathOf(spec.stdin())), OpenFor.READING, 0));
            List<LogTail> logs = logs(spec, insteadOfNull);
            opened.add(openOutput(posix, spec.stdout(), insteadOfNull));
            opened.add(sharesStdout(spec) ? opened.get(1) : openOutput(posix, spec.stderr(), insteadOfNull));
            return new Streams(opened.get(0), opened.get(1), opened.get(2), logs);
        } catch (RuntimeException e) {
            opened.forEach(Descriptor::close);
            throw e;
        }
    }

    /** What was said since the start, each log under its title; empty if nothing was. */
    String said() {
        return logs.stream().map(LogTail::read).collect(Collectors.joining());
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
        return posix.open(ByteString.of(pathOf(stream)), OpenFor.APPENDING, LogFiles.MODE);
    }

    private static List<LogTail> logs(LaunchSpec spec, Optional<Descriptor> memory) {
        Stream<LogTail> files = Stream.of(spec.stderr(), spec.stdout())
                .filter(StandardStream.File.class::isInstance)
                .map(StandardStream.File.class::cast)
                .distinct()
                .map(file -> LogTail.fromNowOn(file.path(), "the end of " + file.path()));
        Stream<LogTail> firstWords = memory.stream()
                .map(file -> Path.of("/proc/self/fd", Integer.toString(file.number())))
                .map(file -> LogTail.fromNowOn(file, "its last words"));
        return Stream.concat(files, firstWords).toList();
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
