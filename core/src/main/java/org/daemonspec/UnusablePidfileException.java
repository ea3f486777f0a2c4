package org.daemonspec;

/** A path that cannot be a pidfile, or a pidfile that cannot be trusted: the message says why, and what to do. */
public final class UnusablePidfileException extends DaemonException {

    private static final long serialVersionUID = 1L;

    UnusablePidfileException(String message) {
        super(message);
    }

    UnusablePidfileException(String message, Throwable cause) {
        super(message, cause);
    }

    /** {@value DaemonException#EXIT_NOT_CONFIGURED}. */
    @Override
    public int exitCode() {
        return EXIT_NOT_CONFIGURED;
    }
}
