package org.daemonspec.internal.daemon;

import java.util.Optional;
import org.daemonspec.internal.pidfile.HeldPidfile;
import org.daemonspec.internal.socket.TaskSockets;

/** The files that are gone when the process is, each as the last thing before the JVM halts. */
public final class FilesAtEnd {

    private FilesAtEnd() {}

    /**
     * Has them removed, the pidfile last: who finds it free may start, and replaces a socket that nobody listens at, which this
     * process must not remove then.
     */
    public static void remove(Optional<HeldPidfile> pidfile, TaskSockets sockets) {
        if (pidfile.isPresent() || !sockets.files().isEmpty()) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> removeAtHalt(pidfile, sockets), "daemonspec-files"));
        }
    }

    /** In one hook, since hooks run at the same time, and what is handed to the JDK first is what it deletes last. */
    private static void removeAtHalt(Optional<HeldPidfile> pidfile, TaskSockets sockets) {
        pidfile.ifPresent(HeldPidfile::removeAtHalt);
        sockets.removeFilesAtHalt();
    }
}
