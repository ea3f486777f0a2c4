package org.daemonspec;

/** What a {@link DaemonTask} knows of its daemon. Thread-safe. */
public interface DaemonContext {

    /**
     * Says that the service can be used: its port is bound, its data loaded. The launcher, which has been waiting for this,
     * leaves with exit code 0. Only the first call does anything. A failure after this is the daemon's own affair: it shows
     * in the log and in the exit status.
     */
    void ready();
}
