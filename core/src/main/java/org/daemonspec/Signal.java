package org.daemonspec;

/**
 * The signals that one sends to daemons, see signal(7), with the numbers that Linux gives them on x86-64 and aarch64. (They are
 * written down here, and tested, because a specification is made before native code may be needed.)
 */
public enum Signal {
    /** Reload, by convention of daemons. */
    HUP(1),
    /** Interrupt, as Ctrl-C. */
    INT(2),
    /** Quit; a JVM writes a thread dump to its stdout and goes on. */
    QUIT(3),
    /** Abort, with a core dump where that is allowed. */
    ABRT(6),
    /** The process ends without being asked. */
    KILL(9),
    /** For the program to define. */
    USR1(10),
    /** For the program to define. A JVM uses it itself. */
    USR2(12),
    /** Please end. */
    TERM(15),
    /** Go on after {@link #STOP}. */
    CONT(18),
    /** Suspend, without being asked. */
    STOP(19),
    /** Suspend, as Ctrl-Z. */
    TSTP(20),
    /** One more worker, by convention of some daemons. */
    TTIN(21),
    /** One worker less, by convention of some daemons. */
    TTOU(22),
    /** No more workers, by convention of some daemons. */
    WINCH(28);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /** {@return its number, as kill(2) wants it} */
    public int number() {
        return number;
    }

    /** {@return the name with SIG, such as {@code SIGTERM}} */
    @Override
    public String toString() {
        return "SIG" + name();
    }
}
