package org.daemonspec;

/**
 * How the daemon's reads and writes compete with those of others, see ioprio_set(2); I/O schedulers that know no priorities
 * ignore it. Immutable.
 */
public final class IoPriority {

    private static final int REALTIME = 1;
    private static final int BEST_EFFORT = 2;
    private static final int IDLE = 3;

    private final String name;
    private final int ioClass;
    private final int level;

    private IoPriority(String name, int ioClass, int level) {
        this.name = name;
        this.ioClass = ioClass;
        this.level = level;
    }

    /**
     * {@return before everybody else; needs root or CAP_SYS_NICE}
     *
     * @param level 0, the highest, to 7
     */
    public static IoPriority realtime(int level) {
        return new IoPriority("realtime " + level, REALTIME, level);
    }

    /**
     * {@return as everybody; without this, the level follows from the nice value}
     *
     * @param level 0, the highest, to 7
     */
    public static IoPriority bestEffort(int level) {
        return new IoPriority("best-effort " + level, BEST_EFFORT, level);
    }

    /** {@return only when nobody else wants the disk} */
    public static IoPriority idle() {
        return new IoPriority("idle", IDLE, 0);
    }

    int ioClass() {
        return ioClass;
    }

    int level() {
        return level;
    }

    /** {@return such as {@code best-effort 7}, in the words of ionice(1)} */
    @Override
    public String toString() {
        return name;
    }
}
