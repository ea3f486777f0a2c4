package org.daemonspec;

import org.daemonspec.bindings.Libc;

/** The signals that one sends to daemons, see signal(7). */
public enum Signal {
    /** Reload, by convention of daemons. */
    HUP(Libc.SIGHUP()),
    /** Interrupt, as Ctrl-C. */
    INT(Libc.SIGINT()),
    /** Quit; a JVM writes a thread dump to its stdout and goes on. */
    QUIT(Libc.SIGQUIT()),
    /** Abort, with a core dump where that is allowed. */
    ABRT(Libc.SIGABRT()),
    /** The process ends without being asked. */
    KILL(Libc.SIGKILL()),
    /** For the program to define. */
    USR1(Libc.SIGUSR1()),
    /** For the program to define. A JVM uses it itself. */
    USR2(Libc.SIGUSR2()),
    /** Please end. */
    TERM(Libc.SIGTERM()),
    /** Go on after {@link #STOP}. */
    CONT(Libc.SIGCONT()),
    /** Suspend, without being asked. */
    STOP(Libc.SIGSTOP()),
    /** Suspend, as Ctrl-Z. */
    TSTP(Libc.SIGTSTP()),
    /** One more worker, by convention of some daemons. */
    TTIN(Libc.SIGTTIN()),
    /** One worker less, by convention of some daemons. */
    TTOU(Libc.SIGTTOU()),
    /** No more workers, by convention of some daemons. */
    WINCH(Libc.SIGWINCH());

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /** {@return what kill(2) calls it on this machine} */
    public int number() {
        return number;
    }

    /** {@return the name with SIG, such as {@code SIGTERM}} */
    @Override
    public String toString() {
        return "SIG" + name();
    }
}
