package org.daemonspec.internal.posix;

import java.time.Duration;
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
     * Sends a signal; {@code false} if the process has ended. By its number where there is no pidfd, and where a filter knows
     * pidfd_open(2) and not what comes after it; then the pidfd still tells whether the number is the process's own.
     */
    public boolean signal(Posix posix, int number) {
        if (pidfd.isPresent()) {
            Descriptor process = posix.inherited(pidfd.getAsInt());
            try {
                return posix.signal(process, number);
            } catch (SystemCallException e) {
                if (!e.is(Errno.ENOSYS) && !e.is(Errno.EPERM)) {
                    throw e;
                }
            }
            if (posix.awaitReadable(process, Duration.ZERO)) {
                return false;
            }
        }
        return posix.signal(pid, number);
    }
}
