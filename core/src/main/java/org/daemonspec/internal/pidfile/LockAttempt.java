package org.daemonspec.internal.pidfile;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.daemonspec.internal.posix.Posix;

/** Who has the lock: we, or the running instance. */
public sealed interface LockAttempt {

    /** We have it. */
    record Acquired(LockedPidfile pidfile) implements LockAttempt {}

    /** Another instance has it; its pid is empty if it would not say. */
    record Held(OptionalLong pid) implements LockAttempt {}

    /** A start that is under way writes the pid as soon as it has one: some 100 ms for a cold JVM. */
    Duration PATIENCE = Duration.ofSeconds(2);

    Duration BETWEEN_LOOKS = Duration.ofMillis(5);

    /**
     * Tries to lock the pidfile. While another holds the lock and has not written its pid yet, waits a little for that, or
     * for the lock if the other's start fails.
     *
     * @throws PidfileException if the path is no file that can be trusted, or cannot be written
     */
    static LockAttempt at(Posix posix, Path path) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Optional<LockedPidfile> locked = LockedPidfile.tryLock(posix, path);
            if (locked.isPresent()) {
                return new Acquired(locked.get());
            }
            OptionalLong pid = holder(path);
            if (pid.isPresent() || System.nanoTime() >= deadline) {
                return new Held(pid);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    /** The pid that the pidfile names, unless that process evidently does not hold the lock. */
    private static OptionalLong holder(Path path) {
        OptionalLong pid = PidfileContent.read(path);
        boolean refuted =
                pid.isPresent() && LockHolder.judge(pid.getAsLong(), path) == LockHolder.Verdict.DOES_NOT_HOLD;
        return refuted ? OptionalLong.empty() : pid;
    }
}
