package org.daemonspec;

/** A restart that did not lead to a new daemon, although nothing spoke against it beforehand. */
public final class RestartFailedException extends DaemonException {

    private static final long serialVersionUID = 1L;

    private final boolean leftNone;

    private RestartFailedException(String message, boolean leftNone) {
        super(message);
        this.leftNone = leftNone;
    }

    private RestartFailedException(String message, DaemonException cause) {
        super(message, cause);
        this.leftNone = true;
    }

    /** What ran could not be ended, so nothing was started. */
    static RestartFailedException notStopped(String name, String reason) {
        return new RestartFailedException(name + ": not restarted: " + reason + ".", false);
    }

    /** What ran was ended, and the start failed. */
    static RestartFailedException leftNone(String name, DaemonException cause) {
        return new RestartFailedException(
                name + ": stopped, but not started again, so that none runs now: " + cause.getMessage(), cause);
    }

    /** {@return whether the old daemon was ended, so that none runs now; otherwise the old one still runs} */
    public boolean leftNone() {
        return leftNone;
    }

    /** {@value DaemonException#EXIT_NOT_RUNNING} if none runs now, otherwise {@value #EXIT_NOT_STOPPED}. */
    @Override
    public int exitCode() {
        return leftNone ? EXIT_NOT_RUNNING : EXIT_NOT_STOPPED;
    }
}
