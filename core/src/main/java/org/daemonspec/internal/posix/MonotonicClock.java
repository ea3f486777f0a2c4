package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import org.daemonspec.bindings.Libc;

/** The time since boot that other processes see too, see CLOCK_MONOTONIC in clock_gettime(2); {@link System#nanoTime} has no origin. */
public final class MonotonicClock {

    private static final long PER_SECOND = 1_000_000;
    private static final long NANOSECONDS = 1_000;

    private MonotonicClock() {}

    /** What it shows, in microseconds. */
    public static long microseconds() {
        try (Posix posix = Posix.open()) {
            MemorySegment time = posix.allocate(CStruct.Timespec.SIZE, Long.BYTES);
            int result = posix.intCall(LibcFunction.CLOCK_GETTIME, Libc.CLOCK_MONOTONIC(), time.address());
            Posix.checked(result, "clock_gettime", "CLOCK_MONOTONIC");
            return NativeMemory.getLong(time, CStruct.Timespec.TV_SEC) * PER_SECOND
                    + NativeMemory.getLong(time, CStruct.Timespec.TV_NSEC) / NANOSECONDS;
        }
    }
}
