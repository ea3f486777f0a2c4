package org.daemonspec.internal.control;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.pidfile.PidfileWatch;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;

/** Waits for a daemon to come to a state. */
public final class Await {

    private Await() {}

    /**
     * Waits until the pidfile's state is one of those wanted, or the time is over; the state then.
     *
     * @throws org.daemonspec.internal.pidfile.PidfileException if the pidfile cannot be opened
     */
    public static PidfileState state(Path pidfile, Predicate<PidfileState> wanted, Duration most) {
        long start = System.nanoTime();
        PidfileState state = now(pidfile);
        while (!wanted.test(state)) {
            Duration left = most.isPositive() ? most.minusNanos(System.nanoTime() - start) : most;
            if (!left.isPositive()) {
                return state;
            }
            state = next(pidfile, wanted, left);
        }
        return state;
    }

    private static PidfileState now(Path pidfile) {
        try (Posix posix = Posix.open()) {
            return PidfileState.of(posix, pidfile);
        }
    }

    /** Looks again when something has happened since the watch was set, and before it is waited for: so nothing is missed. */
    private static PidfileState next(Path pidfile, Predicate<PidfileState> wanted, Duration left) {
        try (Posix posix = Posix.open(); // one for each look: its memory is freed when it is closed
                PidfileWatch watch = PidfileWatch.of(posix, pidfile)) {
            PidfileState state = PidfileState.of(posix, pidfile);
            if (wanted.test(state)) {
                return state;
            }
            await(posix, watch, pidfile, state, left);
        }
        return now(pidfile);
    }

    /** Until something has happened since the watch was set; whether it is the end of the process that proved to hold the lock. */
    static boolean await(Posix posix, PidfileWatch watch, Path pidfile, PidfileState state, Duration left) {
        OptionalLong proven =
                state instanceof PidfileState.Locked locked && locked.proven() ? locked.pid() : OptionalLong.empty();
        try (DaemonProcess holder = proven.isPresent()
                ? DaemonProcess.open(posix, pidfile, proven.getAsLong()).orElse(null)
                : null) {
            Optional<Descriptor> descriptor = holder == null ? Optional.empty() : holder.descriptor();
            return watch.await(descriptor, left) || (holder != null && holder.awaitEnd(Duration.ZERO));
        }
    }
}
