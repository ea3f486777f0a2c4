package org.daemonspec.internal.control;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.pidfile.PidfileWatch;
import org.daemonspec.internal.posix.Posix;

/** Looks for the process of the daemon with a pidfile, so that something can be done to it. */
sealed interface DaemonSearch {

    /** A start that is under way has a pid soon. */
    Duration PATIENCE = Duration.ofSeconds(10);

    /** Nobody holds the lock. */
    record NotRunning() implements DaemonSearch {}

    /** This is it. */
    record Found(DaemonProcess process) implements DaemonSearch {}

    /** Somebody holds the lock, and cannot be reached: why, and what to do; {@code denied} if this user may not. */
    record OutOfReach(OptionalLong pid, String reason, boolean denied) implements DaemonSearch {}

    /** Looks until there is an answer; while a start is under way, that is when its daemon has a pid. */
    static DaemonSearch at(Posix posix, Path pidfile, Progress progress) {
        long start = System.nanoTime();
        while (true) {
            try (PidfileWatch watch = PidfileWatch.of(posix, pidfile)) {
                if (!(PidfileState.of(posix, pidfile) instanceof PidfileState.Locked locked)) {
                    return new NotRunning();
                }
                if (locked.proven()) {
                    Optional<DaemonProcess> process = DaemonProcess.open(posix, pidfile, locked);
                    if (process.isPresent()) {
                        return new Found(process.get());
                    }
                    continue;
                }
                if (locked.pid().isPresent()) {
                    return new OutOfReach(
                            locked.pid(),
                            "process " + locked.pid().getAsLong()
                                    + " is not ours to judge; do it as its own user or as root",
                            true);
                }
                Duration left = PATIENCE.minusNanos(System.nanoTime() - start);
                if (!left.isPositive()) {
                    return new OutOfReach(
                            OptionalLong.empty(),
                            "somebody holds the lock on " + pidfile + " and does not say its pid there; see fuser "
                                    + pidfile,
                            false);
                }
                progress.waitingFor("whoever locked " + pidfile + " to write its pid", PATIENCE);
                watch.await(Optional.empty(), left);
            }
        }
    }
}
