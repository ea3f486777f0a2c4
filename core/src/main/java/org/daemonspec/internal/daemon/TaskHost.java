package org.daemonspec.internal.daemon;

import org.daemonspec.internal.notify.Notifier;
import org.daemonspec.internal.socket.TaskSockets;

/** Where a task runs: in a daemon that a launcher waits for, or in the foreground. Thread-safe. */
public interface TaskHost {

    /**
     * Takes over what belongs to this process, before the task runs.
     *
     * @throws IllegalStateException if there is nothing to take over, or not by this call
     */
    void begin();

    /** What the task listens on; after {@link #begin}. */
    TaskSockets sockets();

    /** Who tells the supervisor of this process, if there is one, and on stderr calls the program by this name. */
    Notifier notifier(String name);

    /** Has something done once the task is ready, if its JVM is recorded for a cache. */
    default void onTraining(DaemonSignals.Handler handler) {}

    /** Tells whoever waits, and the supervisor, that the task is ready; only the first call of this or of the next two counts. */
    void reportReady(Notifier notifier);

    /** Tells whoever waits why it will not be. */
    void reportFailure(Throwable failure);

    /** Tells whoever waits why it will not be, if nothing has been reported yet; whether that was so. */
    boolean reportFailureUnlessReady(String reason);

    /** Says to those who look that SIGHUP means something to the task. */
    void markReloads();

    /** Opens the logs anew, by their names; what fails is said on stderr. */
    void reopenLogs();

    /** Whether a SIGHUP that just came is the kernel's, because the terminal of this process has hung up. */
    boolean isHangup();
}
