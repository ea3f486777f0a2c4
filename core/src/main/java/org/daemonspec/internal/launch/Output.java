package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.Optional;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * Where the daemon's stdout or stderr leads.
 *
 * @param descriptor what the daemon gets
 * @param systemLog the way to the system log if it leads there, at once or when the daemon is ready
 * @param tail what is said before the daemon is ready, for the one who waits; empty if it cannot be read
 */
record Output(Descriptor descriptor, Optional<SystemLog> systemLog, Optional<LogTail> tail) implements AutoCloseable {

    /** So much fits into a pipe that nobody reads yet. */
    private static final int MOST_LAST_WORDS = 32 * 1024;

    /**
     * Opens what a stream leads to.
     *
     * @param keepFirstWords whether what goes to no file goes to memory until the daemon is ready
     * @param title what to call what is in memory
     * @param files opens a log
     */
    static Output open(
            Posix posix,
            LaunchSpec spec,
            StandardStream stream,
            boolean keepFirstWords,
            String title,
            TrustedFiles files) {
        if (stream instanceof StandardStream.File log) {
            Descriptor file = files.openLog(log.path(), spec.logs().mode());
            return new Output(file, Optional.empty(), Optional.of(tail(file, "the end of " + log.path())));
        }
        Optional<SystemLog> log = openSystemLog(posix, stream, spec.name());
        try {
            if (keepFirstWords) {
                Descriptor memory = memory(posix);
                return new Output(memory, log, Optional.of(tail(memory, title)));
            }
            Descriptor descriptor = log.isPresent() ? log.get().input() : posix.open("/dev/null", OpenFor.APPENDING, 0);
            return new Output(descriptor, log, Optional.empty());
        } catch (RuntimeException e) {
            if (log.isPresent()) {
                log.get().close();
            }
            throw e;
        }
    }

    private static Optional<SystemLog> openSystemLog(Posix posix, StandardStream stream, String name) {
        if (stream instanceof StandardStream.Syslog syslog) {
            return Optional.of(SystemLog.open(posix, syslog, name));
        }
        return stream instanceof StandardStream.Journal journal
                ? Optional.of(SystemLog.open(posix, journal, name))
                : Optional.empty();
    }

    /** By the descriptor: what the name leads to later is somebody else's choice. */
    private static LogTail tail(Descriptor file, String title) {
        return LogTail.fromNowOn(Path.of("/proc/self/fd", Integer.toString(file.number())), title);
    }

    private static Descriptor memory(Posix posix) {
        Descriptor memory = posix.memoryFile("daemonspec-first-words");
        try {
            posix.setAppend(memory);
            return memory;
        } catch (SystemCallException e) {
            memory.close();
            throw e;
        }
    }

    /** Hands on the end of what is in memory to the system log. */
    void handOnLastWords(Posix posix) {
        if (systemLog.isEmpty()) {
            return;
        }
        try {
            long size = posix.status(descriptor.number()).size();
            byte[] words = posix.readAt(descriptor, Math.max(0, size - MOST_LAST_WORDS), MOST_LAST_WORDS);
            posix.write(systemLog.get().input(), words);
        } catch (SystemCallException secondFailure) {
            // the first one, of which the system log is not told, is for the one who waits
        }
    }

    @Override
    public void close() {
        descriptor.close();
        if (systemLog.isPresent()) {
            systemLog.get().close();
        }
    }
}
