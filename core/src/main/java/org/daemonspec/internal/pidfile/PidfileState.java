package org.daemonspec.internal.pidfile;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/** What a pidfile says, looked at from outside: running means locked, whatever the content. */
public sealed interface PidfileState {

    /** There is no pidfile. */
    record Absent() implements PidfileState {}

    /** There is one, and nobody has its lock. */
    record Unlocked() implements PidfileState {}

    /**
     * Somebody has its lock.
     *
     * @param pid the holder; empty while a start is under way that has not written it yet
     * @param proven whether {@code /proc} shows that it is the holder; otherwise that is another user's, and only a claim
     */
    record Locked(OptionalLong pid, boolean proven) implements PidfileState {}

    /**
     * Looks at the file. A holder that {@code /proc} shows is left in peace; otherwise the lock is tried in shared mode for a
     * moment, which a start that happens just then repeats its own attempt for.
     *
     * @throws PidfileException if the file cannot be opened
     */
    static PidfileState of(Posix posix, Path path) {
        OptionalLong pid = PidfileContent.read(path);
        LockHolder.Verdict verdict =
                pid.isPresent() ? LockHolder.judge(pid.getAsLong(), path) : LockHolder.Verdict.DOES_NOT_HOLD;
        if (verdict == LockHolder.Verdict.HOLDS) {
            return new Locked(pid, true);
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return new Absent();
        }
        if (!isLocked(posix, path)) {
            return Files.exists(path, LinkOption.NOFOLLOW_LINKS) ? new Unlocked() : new Absent();
        }
        return new Locked(verdict == LockHolder.Verdict.UNKNOWN ? pid : OptionalLong.empty(), false);
    }

    private static boolean isLocked(Posix posix, Path path) {
        try (Descriptor file = posix.open(ByteString.of(path), Posix.OpenFor.PROBING, 0)) {
            return !posix.tryLockShared(file, ByteString.of(path));
        } catch (SystemCallException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw new PidfileException(e.getMessage() + "; name a pidfile that this user may read.");
        }
    }
}
