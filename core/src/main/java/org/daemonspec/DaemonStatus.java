package org.daemonspec;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** Whether a daemon runs, by its pidfile: <em>running</em> means that the pidfile is locked, whatever it contains. */
public sealed interface DaemonStatus {

    /**
     * It runs.
     *
     * @param pid its process ID; empty while its start has not come to that yet, and if whoever holds the lock is not the
     *     process that the pidfile names. Of another user's daemon, {@code /proc} proves nothing to this user, and it is what the
     *     pidfile says
     * @param since when the process began, to the 10 ms of the kernel's clock; empty without a pid
     * @param ready whether it can be used; otherwise it is starting. A program of another kind that holds the lock counts as
     *     ready as soon as it has a pid
     */
    record Running(OptionalLong pid, Optional<Instant> since, boolean ready) implements DaemonStatus {}

    /** It does not run, and there is no pidfile, or an empty one: what a daemon leaves that may not remove it. */
    record Stopped() implements DaemonStatus {}

    /**
     * It does not run, but its pidfile lies about, as after SIGKILL or a power failure; the next start replaces it.
     *
     * @param pidfile whose lock is free
     */
    record Stale(Path pidfile) implements DaemonStatus {}

    /**
     * It cannot be known, as with a pidfile that this user may not read or that is no file.
     *
     * @param reason why, and what to do
     */
    record Unknown(String reason) implements DaemonStatus {}
}
