package org.daemonspec.internal.pidfile;

/**
 * What a pidfile says beside its pid: a lock on one byte far beyond its end, of the open file description that holds the
 * file's lock. A mark goes with its holder, however that ends, so it cannot be stale; and it changes nothing for tools that
 * know only flock(2) and the content. Somebody else's lock on the whole file is no mark.
 */
enum PidfileMark {
    /** The daemon is not ready yet. */
    STARTING(0),
    /** The daemon does something of its own on SIGHUP. */
    RELOADS(1),
    /** Somebody removes a file that nobody has locked, under a shared lock. */
    REMOVING(2),
    /**
     * The daemon itself, in its own name: a proof for those who may not look into its descriptors, such as a container's root without
     * CAP_SYS_PTRACE. Only who may write the file can take it.
     */
    HOLDER(3);

    /** No other program's guess, and no byte that anybody writes. */
    private static final long FIRST = 0x4000_0000_6461_656DL;

    private final int number;

    PidfileMark(int number) {
        this.number = number;
    }

    /** The byte that is locked. Not neighbours: the kernel makes one lock of those, which would be none of the marks. */
    long offset() {
        return FIRST + 2L * number;
    }

    /** Whether a line about a lock in {@code /proc/PID/fdinfo} is of this byte. */
    boolean isIn(String lock) {
        return lock.endsWith(" " + offset() + " " + offset());
    }
}
