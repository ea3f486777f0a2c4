package org.daemonspec;

/** Whether a start leaves the process that it was asked of, see {@link DaemonSpec.Builder#mode}. */
public enum DaemonMode {

    /**
     * In the foreground if a supervisor started this process to look after it, otherwise as a daemon. {@link DaemonSpec#plan()} says
     * which, and why.
     */
    AUTO,

    /**
     * Always as a daemon: a process of its own, which the launcher does not wait for once it is ready. A unit of systemd that wants
     * that has {@code Type=forking}, where it is what {@link #AUTO} does, and {@code PIDFile=}; with {@code Type=notify} and
     * {@code NotifyAccess=all} systemd learns the daemon's pid too, but takes it for no child of its own, and ends it by SIGKILL.
     */
    DETACH,

    /** Always in the foreground, as {@link DaemonSpec#run}. */
    FOREGROUND
}
