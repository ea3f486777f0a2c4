package org.daemonspec.internal.pidfile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcDirectory;
import org.daemonspec.internal.posix.ProcStat;

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
        try {
            if (showsLock(pid, identity.get())) {
                return isProcess(pid) ? Verdict.HOLDS : Verdict.DOES_NOT_HOLD;
            }
            return isShut(pid) && saysSo(posix, pid, file) ? Verdict.HOLDS : Verdict.DOES_NOT_HOLD;
        } catch (IOException e) {
            if (!isHidden(posix, pid)) {
                return Verdict.DOES_NOT_HOLD;
            }
            return saysSo(posix, pid, file) ? Verdict.HOLDS : Verdict.UNKNOWN;
        }
    }

    /** Whether a process is certain to hold the lock, without a native call; if not, {@link #judge} has the last word. */
    static boolean isProven(long pid, Path file) {
        Optional<FileIdentity> identity = FileIdentity.ofPath(file);
        try {
            return identity.isPresent() && showsLock(pid, identity.get()) && isProcess(pid);
        } catch (IOException gone) {
            return false;
        }
    }

    private static boolean showsLock(long pid, FileIdentity file) throws IOException {
        Path directory = directory(pid, "fd");
        if (showsLock(directory, file)) {
            return true;
        }
        Path living = ProcDirectory.of(pid).resolve("fd"); // the first thread may have ended before the others
        return !living.equals(directory) && showsLock(living, file);
    }

    private static boolean showsLock(Path directory, FileIdentity file) throws IOException {
        String[] descriptors = directory.toFile().list(); // a DirectoryStream loads thirty classes more
        if (descriptors == null) {
            throw new IOException(directory + " cannot be read");
        }
        for (String descriptor : descriptors) {
            if (FileIdentity.isBehind(directory.resolve(descriptor), file)
                    && hasLockLine(directory.resolveSibling("fdinfo").resolve(descriptor))) {
                return true;
            }
        }
        return false;
    }

    /** Whether a process says so of itself, in the kernel's words. */
    private static boolean saysSo(Posix posix, long pid, Path file) {
        try (Descriptor descriptor = PidfileClaim.open(posix, file).orElse(null)) {
            return descriptor != null
                    && posix.ownerOfByte(descriptor, PidfileMark.HOLDER.offset())
                            .equals(OptionalLong.of(pid));
        } catch (PidfileException e) {
            return false;
        }
    }

    /** Whether its descriptors are there to be counted and not to be looked at: root without CAP_SYS_PTRACE, see ptrace(2). */
    private static boolean isShut(long pid) {
        try {
            Files.readSymbolicLink(directory(pid, "exe"));
            return false;
        } catch (AccessDeniedException e) {
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    /**
     * Not ours to see. A process on its way out hides its descriptors too, even from its own user, and may hold the lock for
     * some moments yet; but it is no daemon any more.
     */
    private static boolean isHidden(Posix posix, long pid) {
        return posix.exists(pid) && !ProcStat.of(pid).map(ProcStat::isEnding).orElse(false);
    }

    /**
     * The number of a thread leads to the same descriptors, but to no process. A thread's name comes first in the file, and may look
     * like another line but for the newline, which the kernel escapes.
     */
    private static boolean isProcess(long pid) {
        try {
            String status = Files.readString(directory(pid, "status"), StandardCharsets.ISO_8859_1);
            return status.contains("\nTgid:\t" + pid + "\n");
        } catch (IOException gone) {
            return false;
        }
    }

    /** The one process that holds the lock, looked for among all that are ours to see; empty if there are several. */
    static OptionalLong onlyHolder(Posix posix, Path file) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            List<Long> holders = new ArrayList<>();
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                if (judge(posix, pid, file) == Verdict.HOLDS) {
                    holders.add(pid);
                }
            }
            return holders.size() == 1 ? OptionalLong.of(holders.getFirst()) : OptionalLong.empty();
        } catch (IOException | DirectoryIteratorException e) {
            return OptionalLong.empty();
        }
    }

    private static boolean hasLockLine(Path info) {
        try {
            for (String line : linesOf(info)) {
                if (line.startsWith("lock:") && line.contains("FLOCK") && line.contains("WRITE")) {
                    return true;
                }
            }
            return false;
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    /** Read in one piece: an interrupt of this thread is no answer. */
    private static String[] linesOf(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1).split("\n", -1);
    }

    private static Path directory(long pid, String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }
}
