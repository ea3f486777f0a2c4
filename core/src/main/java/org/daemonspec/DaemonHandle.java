package org.daemonspec;

import java.util.Optional;

/**
 * A daemon that was started. Immutable and thread-safe. Holding it does not keep the daemon alive, and dropping it does not
 * end it: a daemon is nobody's child.
 *
 * @param pid its process ID
 * @param processHandle the process as the JDK sees it, which notices when the pid is recycled; empty if the daemon had
 *     already ended when its start was complete
 */
public record DaemonHandle(long pid, Optional<ProcessHandle> processHandle) {}
