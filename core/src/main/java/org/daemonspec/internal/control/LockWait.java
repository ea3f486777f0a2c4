package org.daemonspec.internal.control;

import java.nio.file.Path;
import java.time.Duration;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.pidfile.PidfileWatch;
import org.daemonspec.internal.posix.Posix;

/**
 * Waits between two attempts at a pidfile's lock that somebody else has. An attempt opens the file for writing, whose close is an event
 * to all who wait; so they do not try whenever something has happened, but when the holder has ended, or a look shows nobody. Confined to a thread.
 */
public final class LockWait {

    private static final Duration STEP = Duration.ofMillis(5);

    /** Twenty steps are a tenth of a second. */
    private static final int MOST_STEPS = 20;

    private final Path pidfile;
    private final Duration most;
    private final long start = System.nanoTime();
    private int futileAttempts;

    /** Of this time at most, from now on. */
    public LockWait(Path pidfile, Duration most) {
        this.pidfile = pidfile;
        this.most = most;
    }

    /** Whether the time is over. */
    public boolean isOver() {
        return !left().isPositive();
    }

    private Duration left() {
        return most.isPositive() ? most.minusNanos(System.nanoTime() - start) : Duration.ZERO;
    }

    /**
     * Waits until an attempt promises to succeed, or the time is over.
     *
     * @throws org.daemonspec.internal.pidfile.PidfileException if the pidfile cannot be opened
     */
    public void await() {
        while (!isOver()) {
            try (Posix posix = Posix.open()) { // one for each look: its memory is freed when it is closed
                if (isFree(posix)) {
                    pause(posix);
                    return;
                }
                futileAttempts = 0;
                if (awaitChange(posix)) {
                    return;
                }
            }
        }
    }

    /** Whether the holder has ended, or nobody is left when there is something to watch; otherwise something else has happened. */
    private boolean awaitChange(Posix posix) {
        try (PidfileWatch watch = PidfileWatch.of(posix, pidfile)) {
            PidfileState state = PidfileState.of(posix, pidfile);
            return !(state instanceof PidfileState.Locked) || Await.await(posix, watch, pidfile, state, left());
        }
    }

    private boolean isFree(Posix posix) {
        return !(PidfileState.of(posix, pidfile) instanceof PidfileState.Locked);
    }

    /** Longer each time, if it seems to be free time and again and is not to be had: somebody shares the lock, or many try for it at once. */
    private void pause(Posix posix) {
        if (futileAttempts > 0) {
            Duration pause = STEP.multipliedBy(Math.min(futileAttempts, MOST_STEPS));
            posix.pause(pause.compareTo(left()) < 0 ? pause : left());
        }
        futileAttempts++;
    }
}
