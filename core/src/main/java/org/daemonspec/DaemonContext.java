package org.daemonspec;

/**
 * What a {@link DaemonTask} knows of its daemon. Thread-safe.
 *
 * <p>SIGTERM and SIGINT end the daemon: stop handlers first, then the JVM's shutdown hooks, then the pidfile goes; the exit
 * status is 0, or 1 if a stop handler failed or did not return within {@link DaemonSpec.Builder#stopTimeout}. SIGHUP opens the logs
 * anew, by their names, and runs the reload handlers; it never ends the daemon.
 */
public interface DaemonContext {

    /** What is to be done on a signal. Runs on a thread of its own. */
    @FunctionalInterface
    interface Handler {

        /**
         * Does it.
         *
         * @throws Exception for any reason: the stack trace goes to the daemon's stderr, and the other handlers run
         */
        void run() throws Exception;
    }

    /**
     * Says that the service can be used: its port is bound, its data loaded. The launcher, which has been waiting for this,
     * leaves with exit code 0. Only the first call does anything. A failure after this is the daemon's own affair: it shows
     * in the log and in the exit status.
     */
    void ready();

    /**
     * Has something done when the daemon is told to end by SIGTERM or SIGINT, once, before shutdown hooks: close the port, finish
     * what is under way. Of several, the last one registered is the first to run, as resources are closed. They do not run because
     * the task returns by itself or calls {@link System#exit}. All of them together have
     * {@link DaemonSpec.Builder#stopTimeout}.
     *
     * @param handler what to do
     */
    void onStop(Handler handler);

    /**
     * Has something done on SIGHUP, after the logs have been opened anew: read the configuration again. Of several, they run in
     * the order of registration. Rounds do not overlap; signals that come during one are answered by one more after it.
     *
     * @param handler what to do
     */
    void onReload(Handler handler);

    /**
     * Opens the files that stdout and stderr are appended to anew, by their names, as SIGHUP does: for a daemon that learns in
     * another way that its logs have been renamed. Native output follows, since the new file takes the old one's descriptor, see
     * dup2(2). What one call of {@link System#out} or {@link System#err} prints is in one file, however long; native code and
     * streams of your own are in the new file from one write(2) to the next. A file that cannot be opened is said on stderr, and the
     * old one is written on. Streams that are no files are left alone, and so are those of a task in the foreground.
     */
    void reopenLogs();
}
