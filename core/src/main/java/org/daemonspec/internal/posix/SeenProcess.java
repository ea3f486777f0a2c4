package org.daemonspec.internal.posix;

import java.util.Optional;
import org.daemonspec.bindings.Libc;

/**
 * A process that was there at a time, to be found again: what has its pid and started later is another process. Two numbers, and
 * no descriptor that somebody would have to close. Pids go round, so the kernel gives none twice within a clock tick.
 *
 * @param pid its pid
 * @param seenAt when it was there, in clock ticks since boot, as {@link ProcStat#startTime}
 */
public record SeenProcess(long pid, long seenAt) {

    /** USER_HZ, in which {@code /proc} counts, is 100 on every architecture that has a JVM. */
    private static final long NANOSECONDS_PER_TICK = 10_000_000;

    /** A process that is there now. */
    public static SeenProcess now(Posix posix, long pid) {
        return new SeenProcess(pid, posix.clock(Libc.CLOCK_BOOTTIME()) / NANOSECONDS_PER_TICK);
    }

    /** The process; empty if it is no more. */
    public Optional<ProcessHandle> find() {
        Optional<ProcessHandle> holderOfPid = ProcessHandle.of(pid);
        Optional<ProcStat> holderAfterwards = ProcStat.of(pid);
        return holderAfterwards.isPresent() && holderAfterwards.get().startTime() <= seenAt
                ? holderOfPid
                : Optional.empty();
    }
}
