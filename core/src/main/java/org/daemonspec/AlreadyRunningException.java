package org.daemonspec;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.daemonspec.internal.launch.StartResult;

/** Another instance holds the pidfile's lock. It was not touched, and nothing else was. */
public final class AlreadyRunningException extends DaemonException {

    private static final long serialVersionUID = 1L;

    private final transient Path pidfile;
    private final transient OptionalLong pid;

    AlreadyRunningException(String name, Path pidfile, OptionalLong pid) {
        super(new StartResult.AlreadyRunning(pid, pidfile).sentence(name));
        this.pidfile = pidfile;
        this.pid = pid;
    }

    /** {@return the pidfile that is locked} */
    public Path pidfile() {
        return pidfile;
    }

    /** {@return the pid of the instance that runs; empty if the pidfile does not say it, or names a process without the lock} */
    public OptionalLong pid() {
        return pid;
    }

    /** {@value DaemonException#EXIT_ALREADY_RUNNING}. */
    @Override
    public int exitCode() {
        return EXIT_ALREADY_RUNNING;
    }
}
