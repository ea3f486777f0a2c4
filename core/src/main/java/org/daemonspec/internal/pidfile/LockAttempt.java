package org.daemonspec.internal.pidfile;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.internal.posix.Posix;

/** Who has the lock: we, or the running instance. */
public sealed interface LockAttempt {

    /** We have it. */
    record Acquired(LockedPidfile pidfile) implements LockAttempt {}

    /** Another instance has it; its pid is empty if it would not say. */
    record Held(OptionalLong pid) implements LockAttempt {}

    /**
     * The instance that holds the lock, if a look that makes no native call can prove it, as it mostly can: then a start is refused
     * in a third of the time. Empty says nothing: {@link #at} decides.
     */
    static Optional<Held> provenHeld(Path path) {
        OptionalLong pid = PidfileGlance.holder(path);
        return pid.isPresent() ? Optional.of(new Held(pid)) : Optional.empty();
    }

    /** A start that is under way writes the pid as soon as it has one: 100 ms for a cold JVM, seconds on a busy machine. */
    Duration PATIENCE = Duration.ofSeconds(10);

    /** How long a pid that cannot be proven has to stay, lest it be one that a start is about to replace. */
    Duration DOUBT = Duration.ofMillis(50);

    /** How often the directory may vanish again, because another start failed that had made it. */
    int MOST_DIRECTORIES = 100;

    Duration BETWEEN_LOOKS = Duration.ofMillis(5);

    Duration LONGEST_PAUSE = Duration.ofMillis(100);

    /**
     * Tries to lock the pidfile. While another holds the lock and has not written its pid yet, waits a little for that, or
     * for the lock if the other's start fails.
     *
     * @param waiting is run before each time that it waits
     * @param makeDirectory whether the pidfile's directory is made if it is missing
     * @throws PidfileException if the path is no file that can be trusted, or cannot be written
     */
    static LockAttempt at(Posix posix, Path path, boolean makeDirectory, Runnable waiting) {
        long start = System.nanoTime();
        while (true) {
            Optional<LockedPidfile> locked = once(posix, path, makeDirectory);
            if (locked.isPresent()) {
                return new Acquired(locked.get());
            }
            PidfileClaim claim = PidfileClaim.read(posix, path);
            long waited = System.nanoTime() - start;
            switch (claim.verdict()) {
                case HOLDS -> {
                    return new Held(claim.pid());
                }
                case UNKNOWN -> {
                    if (waited >= DOUBT.toNanos()) {
                        return new Held(claim.pid());
                    }
                }
                case DOES_NOT_HOLD -> {
                    if (waited >= PATIENCE.toNanos()) {
                        return new Held(OptionalLong.empty());
                    }
                }
            }
            waiting.run();
            posix.pause(pauseAfter(Duration.ofNanos(waited)));
        }
    }

    /** The same without waiting for anything. */
    static LockAttempt atOnce(Posix posix, Path path, boolean makeDirectory) {
        Optional<LockedPidfile> locked = once(posix, path, makeDirectory);
        if (locked.isPresent()) {
            return new Acquired(locked.get());
        }
        PidfileClaim claim = PidfileClaim.read(posix, path);
        return new Held(claim.verdict() == LockHolder.Verdict.DOES_NOT_HOLD ? OptionalLong.empty() : claim.pid());
    }

    private static Optional<LockedPidfile> once(Posix posix, Path path, boolean makeDirectory) {
        return makeDirectory ? lockInMadeDirectory(posix, path) : LockedPidfile.tryLock(posix, path);
    }

    /** Longer and longer, so that many who wait do not keep the one from getting on that they wait for. */
    private static Duration pauseAfter(Duration waited) {
        Duration growing = BETWEEN_LOOKS.plus(waited.dividedBy(4));
        return growing.compareTo(LONGEST_PAUSE) < 0 ? growing : LONGEST_PAUSE;
    }

    private static Optional<LockedPidfile> lockInMadeDirectory(Posix posix, Path path) {
        for (int attempts = 0; ; attempts++) {
            List<Path> made = List.of();
            try {
                made = PidfileDirectory.make(posix, path);
                Optional<LockedPidfile> locked = LockedPidfile.tryLock(posix, path);
                if (locked.isPresent()) {
                    locked.get().removeDirectoriesToo(made);
                }
                return locked;
            } catch (PidfileException e) {
                PidfileDirectory.remove(made);
                if (!e.isAbsent() || attempts >= MOST_DIRECTORIES) {
                    throw e;
                }
                // another start has failed meanwhile, and has removed the directory that it had made: again
            }
        }
    }
}
