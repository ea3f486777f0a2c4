package org.daemonspec;

/** How the daemon's threads compete for the processor, see sched(7). Immutable. */
public final class Scheduling {

    private static final int OTHER = 0;
    private static final int FIFO = 1;
    private static final int ROUND_ROBIN = 2;
    private static final int BATCH = 3;
    private static final int IDLE = 5;

    private final String name;
    private final int policy;
    private final int priority;

    private Scheduling(String name, int policy, int priority) {
        this.name = name;
        this.policy = policy;
        this.priority = priority;
    }

    /** {@return SCHED_OTHER, what processes have by default} */
    public static Scheduling other() {
        return new Scheduling("other", OTHER, 0);
    }

    /** {@return SCHED_BATCH: as other, but woken up a little later, for work that uses the processor} */
    public static Scheduling batch() {
        return new Scheduling("batch", BATCH, 0);
    }

    /** {@return SCHED_IDLE: only when hardly anything else is to be done} */
    public static Scheduling idle() {
        return new Scheduling("idle", IDLE, 0);
    }

    /**
     * {@return SCHED_FIFO: before everything of a lower priority, until it sleeps; needs root, CAP_SYS_NICE or RLIMIT_RTPRIO.
     * All threads of a JVM, its compilers and collectors too, get it}
     *
     * @param priority 1 to 99
     */
    public static Scheduling fifo(int priority) {
        return new Scheduling("fifo " + priority, FIFO, priority);
    }

    /**
     * {@return SCHED_RR: as fifo, but equals take turns}
     *
     * @param priority 1 to 99
     */
    public static Scheduling roundRobin(int priority) {
        return new Scheduling("rr " + priority, ROUND_ROBIN, priority);
    }

    int policy() {
        return policy;
    }

    int priority() {
        return priority;
    }

    /** {@return such as {@code fifo 10}, in the words of chrt(1)} */
    @Override
    public String toString() {
        return name;
    }
}
