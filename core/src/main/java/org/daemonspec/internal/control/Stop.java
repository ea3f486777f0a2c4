package org.daemonspec.internal.control;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.bindings.Libc;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * Ends the daemon that holds a pidfile's lock. A signal goes to a pidfd(2) that was opened before the proof that its process
 * holds the lock, so a recycled pid cannot be hit: if the process had ended in between, the proof would have failed, and if
 * it ends later, the signal goes nowhere.
 */
public final class Stop {

    /** A start that is under way has a pid soon. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    /** SIGKILL is obeyed as soon as the process leaves the kernel. */
    private static final Duration KILL_GRACE = Duration.ofSeconds(10);

    /** How it ended. */
    public sealed interface Result {

        /** Nobody held the lock; a pidfile that lay about is removed. */
        record NotRunning() implements Result {}

        /** The process is gone, and so is its pidfile. */
        record Stopped(long pid, Duration took, boolean killed) implements Result {}

        /** It runs on, or cannot be judged: why, and what to do. */
        record NotStopped(OptionalLong pid, String reason) implements Result {}
    }

    private Stop() {}

    /** SIGTERM, and SIGKILL after the grace period. */
    public static Result daemonOf(Path pidfile, Duration grace) {
        try (Posix posix = Posix.open()) {
            return daemonOf(posix, pidfile, grace);
        } catch (PidfileException e) {
            return new Result.NotStopped(OptionalLong.empty(), String.valueOf(e.getMessage()));
        } catch (SystemCallException e) {
            return new Result.NotStopped(OptionalLong.empty(), e.getMessage() + "; stop it as root, or with kill(1)");
        }
    }

    private static Result daemonOf(Posix posix, Path pidfile, Duration grace) {
        long start = System.nanoTime();
        while (true) {
            switch (PidfileState.of(posix, pidfile)) {
                case PidfileState.Absent() -> {
                    return new Result.NotRunning();
                }
                case PidfileState.Unlocked() -> {
                    removeStale(posix, pidfile);
                    return new Result.NotRunning();
                }
                case PidfileState.Locked(OptionalLong pid, boolean proven)
                when proven -> {
                    Optional<Result> result = stop(posix, pidfile, pid.getAsLong(), grace, start);
                    if (result.isPresent()) {
                        return result.get();
                    }
                }
                case PidfileState.Locked(OptionalLong pid, boolean proven) -> {
                    if (pid.isPresent()) {
                        return new Result.NotStopped(
                                pid,
                                "process " + pid.getAsLong()
                                        + " is not ours to judge; stop it as its own user or as root");
                    }
                    if (System.nanoTime() - start > PATIENCE.toNanos()) {
                        return new Result.NotStopped(
                                pid,
                                "somebody holds the lock on " + pidfile + " and does not say its pid there; see fuser "
                                        + pidfile);
                    }
                    posix.pause(BETWEEN_LOOKS);
                }
            }
        }
    }

    /** Empty if the process turned out not to be the holder any more: look again. */
    private static Optional<Result> stop(Posix posix, Path pidfile, long pid, Duration grace, long start) {
        Optional<Descriptor> opened = posix.openProcess(pid);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (Descriptor process = opened.get()) {
            boolean holds = PidfileState.of(posix, pidfile) instanceof PidfileState.Locked locked
                    && locked.proven()
                    && locked.pid().equals(OptionalLong.of(pid));
            if (!holds) {
                return Optional.empty();
            }
            posix.signal(process, Libc.SIGTERM());
            boolean obeyed = posix.awaitReadable(process, grace);
            if (!obeyed) {
                posix.signal(process, Libc.SIGKILL());
                if (!posix.awaitReadable(process, KILL_GRACE)) {
                    return Optional.of(new Result.NotStopped(
                            OptionalLong.of(pid),
                            "process " + pid + " has not obeyed SIGKILL yet; see its state in ps"));
                }
            }
            removeStale(posix, pidfile);
            return Optional.of(new Result.Stopped(pid, Duration.ofNanos(System.nanoTime() - start), !obeyed));
        }
    }

    /**
     * What a killed daemon could not remove itself; only under its lock, so never a new instance's. A file that is refused
     * there stays: whether the daemon has ended does not depend on it, status calls it stale, and a start says what is wrong.
     */
    private static void removeStale(Posix posix, Path pidfile) {
        try {
            if (PidfileState.of(posix, pidfile) instanceof PidfileState.Unlocked) {
                LockedPidfile.removeIfFree(posix, pidfile);
            }
        } catch (PidfileException stays) {
            // as said above
        }
    }
}
