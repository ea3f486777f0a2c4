package org.daemonspec;

/** A restart that did not lead to a new daemon, although nothing spoke against it beforehand. */
public final class RestartFailedException extends DaemonException {

    private static final long serialVersionUID = 1L;

    private final boolean leftNone;

    private RestartFailedException(String message, DaemonException cause, boolean leftNone) {
        super(message, cause);
        this.leftNone = leftNone;
    }

    private RestartFailedException(String message) {
        super(message);
        this.leftNone = false;
    }

    /** What ran could not be ended, so nothing was started. */
    static RestartFailedException notStopped(String name, String reason) {
        return new RestartFailedException(name + ": not restarted: " + reason + ".");
    }

    /** The start failed, after something was ended, or nothing. */
    static RestartFailedException notStarted(String name, boolean wasStopped, DaemonStatus now, DaemonException cause) {
        boolean leftNone = !(now instanceof DaemonStatus.Running);
        return new RestartFailedException(
                name + ": " + (wasStopped ? "stopped, but not started again" : "was not running, and was not started")
                        + (leftNone ? ", so that none runs now: " : ", and somebody else holds the pidfile now: ")
                        + cause.getMessage(),
                cause,
                leftNone);
    }

    /** {@return whether none runs now; otherwise one does: the old one, or somebody else's} */
    public boolean leftNone() {
        return leftNone;
    }

    /** {@value DaemonException#EXIT_NOT_RUNNING} if none runs now, otherwise {@value #EXIT_NOT_STOPPED}. */
    @Override
    public int exitCode() {
        return leftNone ? EXIT_NOT_RUNNING : EXIT_NOT_STOPPED;
    }
}
