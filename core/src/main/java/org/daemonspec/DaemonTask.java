package org.daemonspec;

/**
 * What a daemon does, if it wants to say itself when it is ready. As for any Java program, the daemon lives until the task
 * has returned and the last non-daemon thread that it started has ended, or until {@link System#exit} or a signal.
 */
@FunctionalInterface
public interface DaemonTask {

    /**
     * Runs in the daemon, on its main thread.
     *
     * @param context where to report {@linkplain DaemonContext#ready() readiness}
     * @throws Exception for any reason: before {@code ready()}, the launcher says it and fails with
     *     {@link DaemonException#EXIT_NOT_RUNNING}; in any case the stack trace goes to the daemon's stderr, and it ends with
     *     exit status 1
     */
    void run(DaemonContext context) throws Exception;
}
