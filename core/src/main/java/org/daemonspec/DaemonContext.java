package org.daemonspec;

import java.time.Duration;
import java.util.List;

/**
 * What a {@link DaemonTask} knows of its daemon. Thread-safe.
 *
 * <p>SIGTERM and SIGINT end the daemon: stop handlers first, then the JVM's shutdown hooks, then the pidfile goes; the exit
 * status is 0, or 1 if a stop handler failed or did not return within {@link DaemonSpec.Builder#stopTimeout}. SIGHUP opens the logs
 * anew, by their names, and runs the reload handlers; it never ends the daemon.
 *
 * <p>A supervisor that has set NOTIFY_SOCKET, such as systemd with {@code Type=notify} or {@code Type=notify-reload}, or
 * start-stop-daemon(8) with {@code --notify-await}, is told by itself, as sd_notify(3) has it: {@code READY=1}
 * by {@link #ready}, with MAINPID if the process that it started was the launcher; {@code RELOADING=1} with MONOTONIC_USEC before the
 * reload handlers and {@code READY=1} after them; {@code STOPPING=1} when the end begins; STATUS, EXIT_STATUS and, if a system call was
 * the cause, ERRNO when the task fails, or a start in the foreground before
 * it; and {@code WATCHDOG=1} twice in each WATCHDOG_USEC, if that is set and WATCHDOG_PID is this process, or is not set, as in a daemon
 * that detaches. What cannot be sent, because nobody listens or nobody reads for 5 s, is said on stderr, and the service goes on; a supervisor that goes once it knows that the service is ready, as start-stop-daemon(8)
 * does, is no error.
 * {@link #ready} also writes the newline that s6-supervise(8) waits for if the service's directory has a {@code notification-fd}. For
 * the rest of the protocol, see {@link SdNotify}.
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

    /** Whether the service is well. Runs on a thread of its own, one look at a time. */
    @FunctionalInterface
    interface HealthCheck {

        /**
         * Looks.
         *
         * @throws Exception if it is not well; the message is said to the supervisor and on stderr
         */
        void check() throws Exception;
    }

    /**
     * Says that the service can be used: its port is bound, its data loaded. The launcher, which has been waiting for this,
     * leaves with exit code 0, and a supervisor is notified. Only the first call does anything. A failure after this is the daemon's own affair: it shows
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
     * Has something done when the daemon is {@linkplain #ready ready} in a training for {@link DaemonSpec.Builder#aotCache}, and never
     * otherwise: what a first client would have it do, such as a request to its own port, so that the cache has the classes for that,
     * too. Of several, they run in the order of registration, on a thread of their own; then the daemon is stopped. One that throws
     * ends the training, without a cache, and so does a task that ends the process before they are done. Those that are registered after {@link #ready} may be too late.
     *
     * @param handler what to do
     */
    void onTraining(Handler handler);

    /**
     * Opens the files that stdout and stderr are appended to anew, by their names, as SIGHUP does: for a daemon that learns in
     * another way that its logs have been renamed. Native output follows, since the new file takes the old one's descriptor, see
     * dup2(2). What one call of {@link System#out} or {@link System#err} prints is in one file, however long; native code and
     * streams of your own are in the new file from one write(2) to the next. A file that cannot be opened is said on stderr, and the
     * old one is written on. Streams that are no files are left alone, and so are those of a task in the foreground.
     */
    void reopenLogs();

    /**
     * Tells the supervisor in a sentence how the service does: {@code systemctl status} shows it, see STATUS in sd_notify(3). Does
     * nothing where nobody listens.
     *
     * @param text for people: control characters, such as line breaks, become spaces, and what follows the 1000th character is
     *     left out
     */
    void status(String text);

    /**
     * Asks the supervisor to be patient: for this long from now on, the service may go on starting or stopping, or running where that
     * is limited, whatever the time limit is, see EXTEND_TIMEOUT_USEC in sd_notify(3). Before that time is over, ask again. It changes
     * neither {@link DaemonSpec.Builder#readyTimeout} nor {@link DaemonSpec.Builder#stopTimeout}. Does nothing where nobody
     * listens.
     *
     * @param time above zero, in whole microseconds
     * @throws IllegalArgumentException if it is not above zero
     */
    void extendTimeout(Duration time);

    /**
     * Has the service looked at before each sign of life that a supervisor's watchdog gets, which is at half of WATCHDOG_USEC, see
     * WatchdogSec= in systemd.service(5). If the check throws, the supervisor is told the reason as STATUS, and to act at once as if the
     * time were over ({@code WATCHDOG=trigger}), and stderr says why. If it does not return, there is no sign of life, and the
     * supervisor acts when the time is over: a check has to be quick. Without any check the signs of life only say that the JVM
     * runs, and so they do before {@link #ready}: a service that is starting is not looked at, nor is one that is told to end. The last check that was given counts. Does nothing
     * where no watchdog is.
     *
     * @param check throws if the service is not well
     */
    void healthCheck(HealthCheck check);

    /**
     * The socket that the daemon listens on, if it is one: see {@link DaemonSpec.Builder#listen(ListenSocket)}. For a task in the
     * foreground, it is the one that systemd or another supervisor opened, if it did: that with the same
     * {@linkplain ListenSocket#named name} in LISTEN_FDNAMES, or else that with the same address, or else the only one if there is
     * only one on either side, see sd_listen_fds(3); or the listening socket that inetd left as stdin. A specification
     * without sockets gets what the supervisor opened.
     *
     * @return the socket
     * @throws IllegalStateException if there is none, or more than one: the message lists their names
     */
    DaemonSocket socket();

    /**
     * One of several sockets.
     *
     * @param name its {@linkplain DaemonSocket#name() name}
     * @return the first of this name
     * @throws IllegalStateException if there is none: the message lists the names there are
     */
    DaemonSocket socket(String name);

    /**
     * All sockets: those of the specification, in its order, and then those that a supervisor opened and the specification does not
     * have.
     *
     * @return unmodifiable; always the same objects
     */
    List<DaemonSocket> sockets();
}
