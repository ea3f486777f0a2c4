package org.daemonspec.internal.control;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcStat;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * A daemon's process, after proof that it holds the pidfile's lock. It is reached by a pidfd(2) that was opened before the
 * proof, so a recycled pid cannot be hit: if the process had ended in between, the proof would have failed, and if it ends
 * later, a signal goes nowhere.
 *
 * <p>Where there is no pidfd, the proof is repeated right before each signal. Then a stranger could be hit if the daemon ends
 * and its pid is given to another process in the microseconds between proof and kill(2).
 */
final class DaemonProcess implements AutoCloseable {

    /** Without a pidfd, or where it cannot be waited for, nothing tells that a process has ended. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private final Posix posix;
    private final Path pidfile;
    private final long pid;
    private final Optional<ProcStat> asFound;
    private final Optional<Descriptor> pidfd;

    private DaemonProcess(Posix posix, Path pidfile, long pid, Optional<ProcStat> asFound, Optional<Descriptor> pidfd) {
        this.posix = posix;
        this.pidfile = pidfile;
        this.pid = pid;
        this.asFound = asFound;
        this.pidfd = pidfd;
    }

    /** Opens the process that holds a pidfile's lock; empty if it turns out not to hold it any more: look again. */
    static Optional<DaemonProcess> open(Posix posix, Path pidfile, long pid) {
        Optional<Descriptor> pidfd;
        try {
            pidfd = pidfd(posix, pid);
        } catch (SystemCallException e) {
            if (e.is(Errno.ESRCH)) {
                return Optional.empty();
            }
            throw e;
        }
        DaemonProcess process = new DaemonProcess(posix, pidfile, pid, ProcStat.of(pid), pidfd);
        if (process.holdsLock()) {
            return Optional.of(process);
        }
        process.close();
        return Optional.empty();
    }

    private static Optional<Descriptor> pidfd(Posix posix, long pid) {
        try {
            return Optional.of(posix.openProcess(pid));
        } catch (SystemCallException e) {
            if (isRefusal(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** By a kernel that does not have the call, or by a filter; or because it is another user's, as kill(2) will say too. */
    private static boolean isRefusal(SystemCallException e) {
        return e.is(Errno.ENOSYS) || e.is(Errno.EPERM);
    }

    long pid() {
        return pid;
    }

    /** Sends a signal; {@code false} if it has ended. A filter may know pidfd_open(2) and not what comes after it. */
    boolean signal(int number) {
        if (pidfd.isPresent()) {
            try {
                return posix.signal(pidfd.get(), number);
            } catch (SystemCallException e) {
                if (!isRefusal(e)) {
                    throw e;
                }
            }
        }
        return holdsLock() && posix.signal(pid, number);
    }

    /** What went wrong with it, in words, and what to do. */
    String complaint(SystemCallException e, String ifDenied) {
        return "process " + pid + (e.is(Errno.EPERM) ? " belongs to another user: " : ": ") + e.reason(ifDenied);
    }

    /** Waits for it to end; {@code false} when the time is over first. */
    boolean awaitEnd(Duration most) {
        long start = System.nanoTime();
        if (pidfd.isPresent()) {
            try {
                return posix.awaitReadable(pidfd.get(), most);
            } catch (SystemCallException e) {
                // the signal is on its way, and who cannot be told may still look
            }
        }
        while (!hasEnded()) {
            if (most.minusNanos(System.nanoTime() - start).isNegative()) {
                return false;
            }
            posix.pause(BETWEEN_LOOKS);
        }
        return true;
    }

    /** Readable when the process has ended; empty where there is no pidfd. */
    Optional<Descriptor> descriptor() {
        return pidfd;
    }

    private boolean hasEnded() {
        Optional<ProcStat> now = ProcStat.of(pid);
        return now.isEmpty()
                || now.get().isZombie()
                || now.get().startTime() != asFound.map(ProcStat::startTime).orElse(0L);
    }

    private boolean holdsLock() {
        return PidfileState.isHeldBy(posix, pid, pidfile);
    }

    @Override
    public void close() {
        if (pidfd.isPresent()) {
            pidfd.get().close();
        }
    }
}
