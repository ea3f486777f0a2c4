package org.daemonspec.internal.pidfile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a process holds the flock(2) on a file, from {@code /proc/PID/fd} and the {@code lock:} lines of
 * {@code /proc/PID/fdinfo}, see proc(5). A pidfile's content is only a claim; this is the proof.
 */
final class LockHolder {

    /** What can be said of one process and one lock. */
    enum Verdict {
        HOLDS,
        DOES_NOT_HOLD,
        /** Another user's process: its descriptors are not ours to see. */
        UNKNOWN
    }

    private LockHolder() {}

    static Verdict judge(long pid, Path file) {
        Optional<FileIdentity> identity = FileIdentity.ofPath(file);
        Path descriptors = Path.of("/proc", Long.toString(pid), "fd");
        if (identity.isEmpty() || !Files.exists(descriptors.getParent())) {
            return Verdict.DOES_NOT_HOLD;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(descriptors)) {
            for (Path entry : entries) {
                if (FileIdentity.of(entry).equals(identity) && hasLockLine(pid, entry.getFileName())) {
                    return Verdict.HOLDS;
                }
            }
            return Verdict.DOES_NOT_HOLD;
        } catch (IOException e) {
            return Files.exists(descriptors.getParent()) ? Verdict.UNKNOWN : Verdict.DOES_NOT_HOLD;
        }
    }

    private static boolean hasLockLine(long pid, Path descriptor) throws IOException {
        Path info = Path.of("/proc", Long.toString(pid), "fdinfo").resolve(descriptor.toString());
        try (Stream<String> lines = Files.lines(info, StandardCharsets.ISO_8859_1)) {
            return lines.anyMatch(line -> line.startsWith("lock:") && line.contains("FLOCK") && line.contains("WRITE"));
        }
    }
}
