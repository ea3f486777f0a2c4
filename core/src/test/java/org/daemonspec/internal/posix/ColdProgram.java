package org.daemonspec.internal.posix;

import java.nio.file.Path;
import java.util.List;
import org.daemonspec.internal.pidfile.ColdPidfile;
import org.daemonspec.internal.posix.Posix.OpenFor;

/** The native calls of a start, once: {@code PIDFILE}. */
public final class ColdProgram {

    private ColdProgram() {}

    /** Locks and marks the pidfile, starts {@code /bin/true} both ways, and waits until it is there. */
    public static void main(String[] arguments) {
        try (Posix posix = Posix.open()) {
            ColdPidfile.lockWriteAndRemove(posix, Path.of(arguments[0]));
            try (Descriptor directory = posix.open("/", OpenFor.ENTERING, 0);
                    Descriptor input = posix.open("/dev/null", OpenFor.READING, 0);
                    Descriptor output = posix.open("/dev/null", OpenFor.APPENDING, 0)) {
                SpawnRequest request = new SpawnRequest(
                        "/bin/true",
                        List.of("true"),
                        List.of("LANG=C"),
                        022,
                        directory,
                        SpawnRequest.inOrder(input, output, output));
                requirePid(Spawn.start(request));
                try (WatchedSpawn watched = WatchedSpawn.start(posix, request)) {
                    requirePid(watched.pid());
                }
            }
        }
    }

    private static void requirePid(int pid) {
        if (pid <= 0) {
            throw new IllegalStateException("no process");
        }
    }
}
