package org.daemonspec;

import java.util.Optional;
import org.daemonspec.internal.posix.SeenProcess;

/**
 * A daemon that was started. Immutable and thread-safe. Holding it does not keep the daemon alive, and dropping it does not
 * end it: a daemon is nobody's child.
 */
public final class DaemonHandle {

    private final SeenProcess process;

    DaemonHandle(SeenProcess process) {
        this.process = process;
    }

    /**
     * Its process ID, which another process may get once the daemon has ended.
     *
     * @return the pid
     */
    public long pid() {
        return process.pid();
    }

    /**
     * The process as the JDK sees it, which notices when the pid is recycled. Looked up by each call, in {@code /proc}; a process that
     * has the pid but started later is not taken for the daemon.
     *
     * @return the process; empty if the daemon has ended, or the kernel refused to tell what time it was at the start
     */
    public Optional<ProcessHandle> processHandle() {
        return process.find();
    }

    /** For messages: {@code DaemonHandle[pid=1234]}. */
    @Override
    public String toString() {
        return "DaemonHandle[pid=" + pid() + "]";
    }
}
