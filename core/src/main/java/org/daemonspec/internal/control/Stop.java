package org.daemonspec.internal.control;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/** Ends the daemon that holds a pidfile's lock, by a schedule of signals, each with the time that it is given. */
public final class Stop {

    /** How it ended. */
    public sealed interface Result {

        /** Nobody held the lock; a pidfile that lay about is removed. */
        record NotRunning() implements Result {}

        /** The process is gone, and so is its pidfile; {@code last} is the last step that it took. */
        record Stopped(long pid, Duration took, StopStep last) implements Result {}

        /** It runs on, or cannot be judged: why, and what to do; {@code denied} if this user may not. */
        record NotStopped(OptionalLong pid, String reason, boolean denied) implements Result {}
    }

    private static final Duration LAUNCHER_PATIENCE = Duration.ofSeconds(1);

    private Stop() {}

    /** Takes the steps, in order, until the daemon has ended. */
    public static Result daemonOf(Path pidfile, List<StopStep> steps, Progress progress) {
        try (Posix posix = Posix.open()) {
            DaemonSearch search = DaemonSearch.at(posix, pidfile, progress);
            if (search instanceof DaemonSearch.Found found) {
                return end(posix, found.process(), pidfile, steps, progress);
            }
            if (search instanceof DaemonSearch.OutOfReach out) {
                return new Result.NotStopped(out.pid(), out.reason(), out.denied());
            }
            removeStale(posix, pidfile);
            return new Result.NotRunning();
        } catch (PidfileException e) {
            return new Result.NotStopped(OptionalLong.empty(), e.reason(), e.isDenied());
        } catch (SystemCallException e) {
            return new Result.NotStopped(
                    OptionalLong.empty(), e.reason("stop it as its own user or as root"), e.is(Errno.EPERM));
        }
    }

    private static Result end(
            Posix posix, DaemonProcess process, Path pidfile, List<StopStep> steps, Progress progress) {
        try (process) {
            Result result = take(steps, process, progress);
            cleanUp(posix, pidfile);
            return result;
        } catch (SystemCallException e) {
            return new Result.NotStopped(
                    OptionalLong.of(process.pid()),
                    process.complaint(e, "stop it as its own user or as root"),
                    e.is(Errno.EPERM));
        }
    }

    private static Result take(List<StopStep> steps, DaemonProcess process, Progress progress) {
        long start = System.nanoTime();
        for (StopStep step : steps) {
            process.signal(step.number());
            progress.waitingFor("process " + process.pid() + " to end after " + step.signal(), step.grace());
            if (process.awaitEnd(step.grace())) {
                return new Result.Stopped(process.pid(), Duration.ofNanos(System.nanoTime() - start), step);
            }
        }
        return new Result.NotStopped(
                OptionalLong.of(process.pid()),
                "process " + process.pid() + " has not ended after "
                        + steps.stream().map(StopStep::toString).collect(Collectors.joining(", "))
                        + "; see its state in ps",
                false);
    }

    /**
     * If it was a start that was ended, its launcher notices, and lets go of the lock: only then it is over. A program that is being started by
     * the same launcher has a copy of the lock's descriptor until its execve(2). That the process has ended does not depend on what
     * became of its pidfile.
     */
    private static void cleanUp(Posix posix, Path pidfile) {
        if (!Files.exists(pidfile, LinkOption.NOFOLLOW_LINKS)) {
            return; // the daemon has removed it, as most do
        }
        try {
            PidfileState state = PidfileState.of(posix, pidfile);
            if (isNobodys(state)) {
                Await.state(pidfile, now -> !isNobodys(now), LAUNCHER_PATIENCE);
            }
            removeStale(posix, pidfile);
        } catch (PidfileException | SystemCallException stays) {
            // status says what is the matter with it
        }
    }

    /** Whether it is locked, but by nobody who is known to be a daemon. */
    private static boolean isNobodys(PidfileState state) {
        return state instanceof PidfileState.Locked locked
                && !locked.proven()
                && (locked.starting() || locked.pid().isEmpty());
    }

    /**
     * What a killed daemon could not remove itself. A file that is refused there stays: whether the daemon has ended does not
     * depend on it, status calls it stale, and a start says what is wrong.
     */
    private static void removeStale(Posix posix, Path pidfile) {
        try {
            PidfileState state = PidfileState.of(posix, pidfile);
            if (state instanceof PidfileState.Unlocked || state instanceof PidfileState.Emptied) {
                LockedPidfile.removeIfFree(posix, pidfile);
            }
        } catch (PidfileException stays) {
            // as said above
        }
    }
}
