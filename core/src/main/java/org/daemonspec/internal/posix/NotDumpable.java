package org.daemonspec.internal.posix;

/**
 * While a process of another identity runs in the memory of this one, nobody of that identity may look into it: the kernel
 * refuses ptrace(2) and {@code /proc/PID/mem} as long as the memory is not dumpable, see PR_SET_DUMPABLE in prctl(2). (The change of
 * identity takes the mark away from the memory, which is ours too, in any case; here it is put back when the last such
 * process is gone.) Thread-safe.
 */
final class NotDumpable implements AutoCloseable {

    private static final Object LOCK = new Object();
    private static int holders;
    private static boolean wasDumpable;

    private final Posix posix;

    private NotDumpable(Posix posix) {
        this.posix = posix;
    }

    static NotDumpable begin(Posix posix) {
        synchronized (LOCK) {
            if (holders == 0) {
                wasDumpable = posix.isDumpable();
                posix.setDumpable(false);
            }
            holders++;
            return new NotDumpable(posix);
        }
    }

    @Override
    public void close() {
        synchronized (LOCK) {
            holders--;
            if (holders == 0) {
                restore();
            }
        }
    }

    /** What has been done in the meantime does not depend on it: memory that stays as it is can be looked into by nobody. */
    private void restore() {
        try {
            posix.setDumpable(wasDumpable);
        } catch (SystemCallException stays) {
            // as said above
        }
    }
}
