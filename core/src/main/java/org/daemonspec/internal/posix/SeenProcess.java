package org.daemonspec.internal.posix;

import java.util.Optional;
import org.daemonspec.bindings.Libc;

/**
 * A process that was there at a time, to be found again: what has its pid and started later is another process. Two numbers, and
 * no descriptor that somebody would have to close. Pids go round, so none comes back within a clock tick unless somebody sees to it.
 *
 * @param pid its pid
 * @param seenAt when it was there, in clock ticks since boot, as {@link ProcStat#startTime}
 */
public record SeenProcess(long pid, long seenAt) {

    /** USER_HZ, in which {@code /proc} counts, is 100 on both architectures that there are bindings for. */
    private static final long NANOSECONDS_PER_TICK = 10_000_000;

    /** Before every process. */
    private static final long NEVER = -1;

    /**
     * A process that is there now. The clock goes on while the machine is suspended, as {@code /proc}'s does. Never fails, since the process
     * would be left behind: where the clock is refused, the process is not to be found again.
     */
    public static SeenProcess now(Posix posix, long pid) {
        try {
            return new SeenProcess(pid, posix.clock(Libc.CLOCK_BOOTTIME()) / NANOSECONDS_PER_TICK);
        } catch (SystemCallException refused) {
            return new SeenProcess(pid, NEVER);
        }
    }

    /** The process; empty if it has ended, be it that nobody has reaped it yet. */
    public Optional<ProcessHandle> find() {
        Optional<ProcessHandle> holderOfPid = ProcessHandle.of(pid);
        Optional<ProcStat> holderAfterwards = ProcStat.of(pid);
        return holderAfterwards.isPresent() && isIt(holderAfterwards.get()) ? holderOfPid : Optional.empty();
    }

    private boolean isIt(ProcStat holder) {
        return holder.startTime() <= seenAt && !holder.isZombie();
    }
}
