package org.daemonspec.internal.pidfile;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;

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
        try (Descriptor file = PidfileClaim.open(posix, path).orElse(null)) {
            if (file == null) {
                return new Absent();
            }
            PidfileClaim claim = PidfileClaim.of(posix, path, file);
            if (claim.verdict() == LockHolder.Verdict.HOLDS) {
                return new Locked(claim.pid(), true);
            }
            if (posix.tryLockShared(file, ByteString.of(path))) {
                return FileIdentity.ofPath(path).isPresent() ? new Unlocked() : new Absent();
            }
            boolean mayBe = claim.verdict() == LockHolder.Verdict.UNKNOWN;
            return new Locked(mayBe ? claim.pid() : OptionalLong.empty(), false);
        }
    }
}
