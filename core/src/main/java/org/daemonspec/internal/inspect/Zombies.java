package org.daemonspec.internal.inspect;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.daemonspec.internal.posix.ProcStat;

/** Processes that have ended and that nobody reaps. Each process is one for a moment, until its parent comes round to it. */
final class Zombies {

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private Zombies() {}

    /** Those that still are there after a second. */
    static List<Long> lasting(ProcessTable table, LongPredicate pids, Predicate<ProcStat> processes) {
        List<Long> zombies = table.where(stat -> stat.isZombie() && processes.test(stat)).stream()
                .filter(pids::test)
                .toList();
        long start = System.nanoTime();
        while (!zombies.isEmpty() && System.nanoTime() - start < PATIENCE.toNanos()) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            zombies = zombies.stream().filter(Zombies::isOneStill).toList();
        }
        return zombies;
    }

    private static boolean isOneStill(long pid) {
        return ProcStat.of(pid).map(ProcStat::isZombie).orElse(false);
    }
}
