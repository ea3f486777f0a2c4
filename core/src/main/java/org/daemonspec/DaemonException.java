package org.daemonspec;

/**
 * A start that did not lead to a new daemon. The message is one sentence: what was tried, on what, why it failed and what
 * to do; where a log has more, its last lines follow.
 */
public abstract sealed class DaemonException extends RuntimeException
        permits AlreadyRunningException,
                InvalidDaemonSpecException,
                RestartFailedException,
                StartFailedException,
                UnusablePidfileException {

    private static final long serialVersionUID = 1L;

    /** Exit code of a start that found the daemon running: 1, the LSB's generic error (the LSB itself would have it succeed). */
    public static final int EXIT_ALREADY_RUNNING = 1;

    /** Exit code of a restart that could not end what runs: 1, the LSB's generic error. */
    public static final int EXIT_NOT_STOPPED = 1;

    /** Exit code of a start whose specification cannot work: 6, the LSB's <em>program is not configured</em>. */
    public static final int EXIT_NOT_CONFIGURED = 6;

    /** Exit code of a start that failed: 7, the LSB's <em>program is not running</em>. */
    public static final int EXIT_NOT_RUNNING = 7;

    DaemonException(String message, Throwable cause) {
        super(message, cause);
    }

    DaemonException(String message) {
        super(message);
    }

    /**
     * The exit code with which {@link DaemonSpec#detach(Runnable)} leaves, from the
     * <a href="https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/iniscrptact.html">Linux
     * Standard Base</a>.
     *
     * @return 1, 6 or 7
     */
    public abstract int exitCode();
}
