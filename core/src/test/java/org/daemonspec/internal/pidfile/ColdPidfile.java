package org.daemonspec.internal.pidfile;

import java.nio.file.Path;
import org.daemonspec.internal.posix.Posix;

/** What a start does with a pidfile, once; for a program that says which classes that takes. */
public final class ColdPidfile {

    private ColdPidfile() {}

    /** Locks it, writes a pid, marks it ready, and removes it. */
    public static void lockWriteAndRemove(Posix posix, Path path) {
        LockAttempt attempt = LockAttempt.at(posix, path, true, new Runnable() {
            @Override
            public void run() {
                throw new IllegalStateException("nobody else locks it");
            }
        });
        try (LockedPidfile locked = ((LockAttempt.Acquired) attempt).pidfile()) {
            locked.write(1);
            locked.markReady();
            locked.remove();
        }
    }
}
