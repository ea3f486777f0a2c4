package org.daemonspec.jmh;

import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;

/** open(2), flock(2), close(2) by daemonspec's native calls. */
final class FlockAttempt {

    private FlockAttempt() {}

    /** Whether the lock was to be had; it is let go at once. */
    static boolean succeeds(String path) {
        try (Posix posix = Posix.open();
                Descriptor file = posix.open(path, Posix.OpenFor.LOCKING, 0644)) {
            return posix.tryLock(file, path);
        }
    }
}
