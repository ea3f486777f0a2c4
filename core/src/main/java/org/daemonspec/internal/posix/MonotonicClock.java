package org.daemonspec.internal.posix;

import org.daemonspec.bindings.Libc;

/** The time since boot that other processes see too, see CLOCK_MONOTONIC in clock_gettime(2); {@link System#nanoTime} has no origin. */
public final class MonotonicClock {

    private static final long NANOSECONDS = 1_000;

    private MonotonicClock() {}

    /** What it shows, in microseconds. */
    public static long microseconds() {
        try (Posix posix = Posix.open()) {
            return posix.clock(Libc.CLOCK_MONOTONIC()) / NANOSECONDS;
        }
    }
}
