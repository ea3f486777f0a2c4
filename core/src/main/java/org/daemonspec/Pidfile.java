package org.daemonspec;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.daemonspec.internal.control.LockWait;
import org.daemonspec.internal.pidfile.HeldPidfile;
import org.daemonspec.internal.pidfile.LockAttempt;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * A pidfile for a program that only wants one instance of itself. {@link DaemonSpec} has its own; this is for programs that stay
 * where they are, such as a job that must not overtake itself.
 *
 * {@snippet :
 * try (Pidfile pidfile = Pidfile.lock(Path.of("/run/report.pid"))) {
 *     report();
 * }
 * }
 *
 * <p>As pidfile(3) of FreeBSD: the file is locked with flock(2) and contains the pid in decimal and a newline, with mode 0644
 * whatever the umask, so that any tool can read it. The lock is free when the process is gone, however it went. It is not
 * inherited by processes that this one starts (O_CLOEXEC). flock(1), {@code pgrep -F -L}, {@code daemonize -l} and
 * start-stop-daemon(8) get along with it. So does pidfile_open(3) of FreeBSD and libbsd, but libbsd's names the pid with EINVAL
 * instead of EEXIST, since it does not expect the newline that everybody else does.
 *
 * <p>Whatever a free file contains is overwritten, whether empty, partial, garbled or a pid that somebody else has by now. But
 * more than 64 bytes that are no number are somebody's text, and refused, as are a symbolic link, whatever is no regular file,
 * a file that others may write, and one that neither root nor this user owns.
 *
 * <p>Thread-safe.
 */
public final class Pidfile implements AutoCloseable {

    /** What {@link #lock} may do. */
    public enum Option {
        /** Make the directory, and those above it, with mode 0755 whatever the umask, if it is missing; a lock that fails takes away what nobody else uses meanwhile. */
        CREATE_DIRECTORY
    }

    private final HeldPidfile held;
    private final Thread removal;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private Pidfile(HeldPidfile held) {
        this.held = held;
        this.removal = new Thread(held::removeAtHalt, "daemonspec-pidfile");
        Runtime.getRuntime().addShutdownHook(removal);
    }

    /**
     * Locks the pidfile, which is made if need be, and writes this process's pid. The file is removed by {@link #close}, or when
     * this JVM ends.
     *
     * @param path a relative path is relative to the working directory
     * @param options none by default
     * @return the locked pidfile
     * @throws AlreadyRunningException if another process holds the lock, or this one by another call
     * @throws UnusablePidfileException if the path cannot be a pidfile, or not be trusted
     * @throws IllegalStateException in a shutdown hook
     * @throws UnsupportedOperationException on another platform than {@link DaemonSpec}'s, or if native access is denied
     */
    public static Pidfile lock(Path path, Option... options) {
        return lock(path, Duration.ZERO, options);
    }

    /**
     * As {@link #lock(Path, Option...)}, but waits while another holds the lock: for a standby that takes over, or jobs that go
     * one after the other. It sleeps until the holder is gone, however it went, and mostly has the lock within a millisecond then, at the
     * latest within a second. Several who wait get it in no particular order. An interrupt does not end the wait.
     *
     * @param path a relative path is relative to the working directory
     * @param patience how long to wait; zero or less: as {@link #lock(Path, Option...)}
     * @param options none by default
     * @return the locked pidfile
     * @throws AlreadyRunningException if another process holds the lock, or this one by another call, when the time is over
     * @throws UnusablePidfileException if the path cannot be a pidfile, or not be trusted; also if that comes to be so meanwhile
     * @throws IllegalStateException in a shutdown hook
     * @throws UnsupportedOperationException on another platform than {@link DaemonSpec}'s, or if native access is denied
     */
    public static Pidfile lock(Path path, Duration patience, Option... options) {
        Objects.requireNonNull(patience, "patience");
        if (!path.getFileSystem().equals(FileSystems.getDefault())) {
            throw new UnusablePidfileException(
                    "lock " + path + ": not in the default file system; name a path that the kernel knows.");
        }
        boolean createDirectory = List.of(options).contains(Option.CREATE_DIRECTORY);
        LockWait wait = new LockWait(path, patience);
        boolean patient = !wait.isOver();
        try {
            while (true) {
                try (Posix posix = Posix.open()) {
                    switch (patient
                            ? LockAttempt.atOnce(posix, path, createDirectory)
                            : LockAttempt.at(posix, path, createDirectory, () -> {})) {
                        case LockAttempt.Acquired(LockedPidfile pidfile) -> {
                            return hold(posix, pidfile);
                        }
                        case LockAttempt.Held(OptionalLong pid) -> {
                            if (wait.isOver()) {
                                throw new AlreadyRunningException(programOf(path), path, pid);
                            }
                        }
                    }
                }
                wait.await();
            }
        } catch (PidfileException | SystemCallException e) {
            throw new UnusablePidfileException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Pidfile hold(Posix posix, LockedPidfile pidfile) {
        HeldPidfile held = pidfile.hold();
        try {
            held.markReady(posix);
            return new Pidfile(held);
        } catch (RuntimeException e) {
            held.close(posix);
            throw e;
        }
    }

    /** {@return the file, absolute} */
    public Path path() {
        return held.path();
    }

    /** Removes the file and then lets go of the lock. Repeating it does nothing, nor does calling it from a shutdown hook. */
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            try {
                Runtime.getRuntime().removeShutdownHook(removal);
            } catch (IllegalStateException shutdown) {
                return; // the file goes, and the lock with the process
            }
            try (Posix posix = Posix.open()) {
                held.close(posix);
            }
        }
    }

    /** What messages call the program with this pidfile. */
    static String programOf(Path pidfile) {
        Path file = pidfile.getFileName();
        return file == null || file.toString().isEmpty()
                ? "daemon"
                : file.toString().replaceFirst("(?<=.)\\.pid$", "");
    }
}
