package org.daemonspec.internal.posix;

import java.util.OptionalInt;

/**
 * A process that was just made: its pid and, where the kernel gives one, a pidfd, which cannot come to mean another process when
 * this one has been reaped. May be used by any thread, as long as whoever made it keeps it open.
 *
 * @param pid the number
 * @param pidfd the descriptor, see pidfd_open(2)
 */
public record ProcessReference(int pid, OptionalInt pidfd) {

    /**
     * Sends a signal; {@code false} if the process has ended. By its number where a filter knows pidfd_open(2) and not what comes after
     * it, as where there is no pidfd.
     */
    public boolean signal(Posix posix, int number) {
        if (pidfd.isPresent()) {
            try {
                return posix.signal(posix.inherited(pidfd.getAsInt()), number);
            } catch (SystemCallException e) {
                if (!e.is(Errno.ENOSYS) && !e.is(Errno.EPERM)) {
                    throw e;
                }
            }
        }
        return posix.signal(pid, number);
    }
}
