package org.daemonspec.internal.daemon;

import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.pidfile.HeldPidfile;
import org.daemonspec.internal.socket.SocketFile;

/** The files that are gone when the process is, each as the last thing before the JVM halts. */
public final class FilesAtEnd implements Runnable {

    private final Optional<HeldPidfile> pidfile;
    private final List<SocketFile> sockets;

    private FilesAtEnd(Optional<HeldPidfile> pidfile, List<SocketFile> sockets) {
        this.pidfile = pidfile;
        this.sockets = sockets;
    }

    /**
     * Has them removed, the pidfile last: who finds it free may start, and replaces a socket that nobody listens at, which this
     * process must not remove then.
     */
    public static void remove(Optional<HeldPidfile> pidfile, List<SocketFile> sockets) {
        if (pidfile.isPresent() || !sockets.isEmpty()) {
            Runtime.getRuntime().addShutdownHook(new Thread(new FilesAtEnd(pidfile, sockets), "daemonspec-files"));
        }
    }

    /** In one hook, since hooks run at the same time, and what is handed to the JDK first is what it deletes last. */
    @Override
    public void run() {
        if (pidfile.isPresent()) {
            pidfile.get().removeAtHalt();
        }
        for (SocketFile socket : sockets) {
            socket.removeAtHalt();
        }
    }
}
