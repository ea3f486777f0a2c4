package org.daemonspec;

/**
 * The resource limits of getrlimit(2), each with its unit and with the number that Linux gives it on x86-64 and aarch64. (They
 * are written down here, and tested, because a specification is made before native code may be needed.)
 */
public enum ResourceLimit {
    /** Address space, in bytes. A JVM reserves far more than it uses: comes into force before the task runs, when its JVM is up; for another
     * program right after its execve(2), which is a moment without. May not be raised for another user. */
    AS(9),
    /** Core dump size, in bytes; 0 for none. */
    CORE(4),
    /** CPU time, in seconds; SIGXCPU each second beyond the soft limit, SIGKILL at the hard one. */
    CPU(0),
    /** Private writable memory, in bytes. Comes into force as {@link #AS}. */
    DATA(2),
    /** Size of a file that the daemon writes, in bytes; SIGXFSZ beyond. */
    FSIZE(1),
    /** File locks; Linux ignores it since 2.4.25. */
    LOCKS(10),
    /** Memory locked into RAM, in bytes. */
    MEMLOCK(8),
    /** POSIX message queues of the real user, in bytes. */
    MSGQUEUE(12),
    /** How far the nice value may be lowered: to 20 minus this. */
    NICE(13),
    /** One more than the greatest file descriptor. A JVM raises its soft limit to the hard one unless told not to; the daemon's is told not to if this is set. */
    NOFILE(7),
    /** Processes and threads of the real user; does not bind root. */
    NPROC(6),
    /** Resident memory, in bytes; Linux ignores it since 2.4.30. */
    RSS(5),
    /** The greatest real-time priority. */
    RTPRIO(14),
    /** CPU time under a real-time policy without sleeping, in microseconds. */
    RTTIME(15),
    /** Queued signals of the real user. */
    SIGPENDING(11),
    /** Stack of the first thread, in bytes, and four times what arguments and environment may take; Java threads go by {@code -Xss}. */
    STACK(3);

    /** No limit: RLIM_INFINITY. */
    public static final long UNLIMITED = -1;

    private final int number;

    ResourceLimit(int number) {
        this.number = number;
    }

    /** {@return its number, as setrlimit(2) wants it} */
    public int number() {
        return number;
    }

    /** {@return the name in C, such as {@code RLIMIT_NOFILE}} */
    @Override
    public String toString() {
        return "RLIMIT_" + name();
    }
}
