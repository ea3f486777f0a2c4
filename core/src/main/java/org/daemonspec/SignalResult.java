package org.daemonspec;

import java.util.OptionalLong;

/** What became of a signal, see {@link DaemonControl#signal}. */
public sealed interface SignalResult {

    /**
     * It was sent. What the daemon does with it shows in its log.
     *
     * @param pid to this process
     */
    record Sent(long pid) implements SignalResult {}

    /** The daemon does not run. */
    record NotRunning() implements SignalResult {}

    /**
     * It was not sent.
     *
     * @param pid the process, if known
     * @param reason why, and what to do
     */
    record NotSent(OptionalLong pid, String reason) implements SignalResult {}
}
