package org.daemonspec;

/**
 * The daemon could not be started, or did not become ready: its task failed, its JVM died, or
 * {@link DaemonSpec.Builder#readyTimeout} was over. No process and no pidfile of it is left, unless the message says that
 * the process has not obeyed SIGKILL yet.
 */
public final class StartFailedException extends DaemonException {

    private static final long serialVersionUID = 1L;

    StartFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    StartFailedException(String message) {
        super(message);
    }

    /** {@value DaemonException#EXIT_NOT_RUNNING}. */
    @Override
    public int exitCode() {
        return EXIT_NOT_RUNNING;
    }
}
