package org.daemonspec.internal.control;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.daemonspec.internal.pidfile.LockAttempt;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.pidfile.PidfileWatch;
import org.daemonspec.internal.posix.Posix;

/** Locks a pidfile as soon as whoever has it lets go of it. */
public final class AwaitLock {

    private AwaitLock() {}

    /**
     * Waits until the pidfile is locked by us, or the time is over; what the last attempt came to.
     *
     * @param makeDirectory whether the pidfile's directory is made if it is missing
     * @throws org.daemonspec.internal.pidfile.PidfileException if the path is no file that can be trusted, or cannot be written
     */
    public static LockAttempt at(Posix posix, Path pidfile, boolean makeDirectory, Duration most) {
        long start = System.nanoTime();
        Optional<LockedPidfile> locked = LockAttempt.once(posix, pidfile, makeDirectory);
        while (locked.isEmpty()) {
            Duration left = most.minusNanos(System.nanoTime() - start);
            if (!left.isPositive()) {
                return LockAttempt.at(posix, pidfile, makeDirectory, () -> {});
            }
            locked = next(posix, pidfile, makeDirectory, left);
        }
        return new LockAttempt.Acquired(locked.get());
    }

    /** Whatever has happened since the watch was set, the lock is tried for at once: that it is free need not be known. */
    private static Optional<LockedPidfile> next(Posix posix, Path pidfile, boolean makeDirectory, Duration left) {
        try (PidfileWatch watch = PidfileWatch.of(posix, pidfile)) {
            PidfileState state = PidfileState.of(posix, pidfile);
            if (state instanceof PidfileState.Locked) {
                Await.await(posix, watch, pidfile, state, left);
            }
            return LockAttempt.once(posix, pidfile, makeDirectory);
        }
    }
}
