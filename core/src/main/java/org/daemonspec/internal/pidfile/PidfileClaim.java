package org.daemonspec.internal.pidfile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.FileErrno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * Whom a pidfile names, and whether that process proves to be the holder of its lock. If it does not, a holder that has marked the file in
 * its own name, which the kernel tells, counts as named.
 *
 * @param pid as written, or as the mark says; empty if the content is no pid
 * @param verdict on that process; of nobody, {@code DOES_NOT_HOLD}
 */
record PidfileClaim(OptionalLong pid, LockHolder.Verdict verdict) {

    /** What the file says now; of a file that is not there, nothing. */
    static PidfileClaim read(Posix posix, Path path) {
        try (Descriptor file = open(posix, path).orElse(null)) {
            return file == null ? nobody() : of(posix, path, file);
        }
    }

    /** What an opened pidfile says. */
    static PidfileClaim of(Posix posix, Path path, Descriptor file) {
        try {
            return claim(posix, path, file);
        } catch (SystemCallException e) {
            throw new PidfileException("read " + path + ": " + e.errno() + e.advice()).because(e);
        }
    }

    private static PidfileClaim claim(Posix posix, Path path, Descriptor file) {
        OptionalLong pid = PidfileContent.read(posix, file);
        OptionalLong candidate = pid.isPresent() ? pid : PidfileContent.readUnterminated(posix, file);
        LockHolder.Verdict verdict = verdict(posix, path, candidate);
        if (verdict == LockHolder.Verdict.HOLDS) {
            return new PidfileClaim(candidate, verdict);
        }
        OptionalLong owner = posix.ownerOfByte(file, PidfileMark.HOLDER.offset());
        if (verdict(posix, path, owner) == LockHolder.Verdict.HOLDS) {
            return new PidfileClaim(
                    owner, LockHolder.Verdict.HOLDS); // somebody has changed the content under its hands
        }
        return pid.isPresent() ? new PidfileClaim(pid, verdict) : nobody();
    }

    private static LockHolder.Verdict verdict(Posix posix, Path path, OptionalLong pid) {
        return pid.isPresent() ? LockHolder.judge(posix, pid.getAsLong(), path) : LockHolder.Verdict.DOES_NOT_HOLD;
    }

    /**
     * Opens a pidfile to look at it, which neither follows a symbolic link nor waits for the other end of a FIFO; empty if
     * there is none.
     *
     * @throws PidfileException if it cannot be opened, or is no regular file
     */
    static Optional<Descriptor> open(Posix posix, Path path) {
        try {
            Descriptor file = posix.open(ByteString.of(path), Posix.OpenFor.PROBING, 0);
            if (!isRegularFile(file, path)) {
                file.close();
                throw new PidfileException("open " + path + ": not a regular file; name a pidfile.");
            }
            return Optional.of(file);
        } catch (SystemCallException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw new PidfileException(
                    e.getMessage()
                            + (e.is(Errno.EACCES)
                                    ? "; name a pidfile that this user may read, or do it as root."
                                    : "; " + LockedPidfile.advice(e)),
                    e.is(Errno.EACCES));
        }
    }

    private static boolean isRegularFile(Descriptor file, Path path) {
        try {
            return FileIdentity.isRegularFile(file.number());
        } catch (IOException e) {
            file.close();
            throw new PidfileException(
                    Files.exists(Path.of("/proc/self/fd"))
                            ? "stat " + path + ": " + FileErrno.of(e) + "; see that /proc is mounted, and whole."
                            : "read /proc/self/fd: ENOENT (no such directory); mount /proc.");
        }
    }

    private static PidfileClaim nobody() {
        return new PidfileClaim(OptionalLong.empty(), LockHolder.Verdict.DOES_NOT_HOLD);
    }
}
