package org.daemonspec.internal.pidfile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.daemonspec.internal.posix.Posix;

/**
 * Whether a process holds the flock(2) on a file, from {@code /proc/PID/fd} and the {@code lock:} lines of
 * {@code /proc/PID/fdinfo}, see proc(5). A pidfile's content is only a claim; this is the proof.
 */
final class LockHolder {

    /** What can be said of one process and one lock. */
    enum Verdict {
        HOLDS,
        DOES_NOT_HOLD,
        /** Another user's process, or hidden ones: its descriptors are not ours to see. */
        UNKNOWN
    }

    private LockHolder() {}

    static Verdict judge(Posix posix, long pid, Path file) {
        Optional<FileIdentity> identity = FileIdentity.ofPath(file);
        if (identity.isEmpty() || !posix.exists(pid)) {
            return Verdict.DOES_NOT_HOLD;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory(pid, "fd"))) {
            for (Path entry : entries) {
                if (FileIdentity.of(entry).equals(identity) && hasLockLine(pid, entry.getFileName())) {
                    return Verdict.HOLDS;
                }
            }
            return Verdict.DOES_NOT_HOLD;
        } catch (IOException | DirectoryIteratorException e) {
            return posix.exists(pid) ? Verdict.UNKNOWN : Verdict.DOES_NOT_HOLD; // not ours to see, or gone meanwhile
        }
    }

    /** Read in one piece: an interrupt of this thread is no answer. */
    private static boolean hasLockLine(long pid, Path descriptor) {
        try {
            Path info = directory(pid, "fdinfo").resolve(descriptor.toString());
            return Files.readString(info, StandardCharsets.ISO_8859_1)
                    .lines()
                    .anyMatch(line -> line.startsWith("lock:") && line.contains("FLOCK") && line.contains("WRITE"));
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private static Path directory(long pid, String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }
}
