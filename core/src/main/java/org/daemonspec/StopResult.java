package org.daemonspec;

import java.time.Duration;
import java.util.OptionalLong;

/** What {@link DaemonControl#stop()} did. */
public sealed interface StopResult {

    /** It did not run; a pidfile that lay about is removed, if it is one that a start would accept. */
    record NotRunning() implements StopResult {}

    /**
     * It has ended, and its pidfile is gone, if it is one that a start would accept.
     *
     * @param pid the process that ended
     * @param took from the first signal to the process's end
     * @param signal the last one that was sent: {@link Signal#KILL} if nothing less did
     */
    record Stopped(long pid, Duration took, Signal signal) implements StopResult {}

    /**
     * It runs on, or it cannot be known whether it runs, as with a pidfile that this user may not read.
     *
     * @param pid the process, if known
     * @param reason why, and what to do
     */
    record NotStopped(OptionalLong pid, String reason) implements StopResult {}
}
