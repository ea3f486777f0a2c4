package org.daemonspec;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.daemonspec.internal.control.Stop;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * Looks after a daemon from another process, by its pidfile. The lock decides; a pid in the file is believed only if
 * {@code /proc} shows that this process holds the lock, and signals go to a pidfd(2), so neither a stale file nor a recycled
 * pid leads to a stranger. Immutable and thread-safe. Linux 5.3 or later.
 */
public final class DaemonControl {

    private final Path pidfile;

    private DaemonControl(Path pidfile) {
        this.pidfile = pidfile;
    }

    /**
     * Control over the daemon with this pidfile.
     *
     * @param pidfile as given to {@link DaemonSpec.Builder#pidfile}; need not exist
     * @return a control for it
     */
    public static DaemonControl of(Path pidfile) {
        return new DaemonControl(Objects.requireNonNull(pidfile, "pidfile").toAbsolutePath());
    }

    /**
     * Whether the daemon runs now.
     *
     * @return running, stopped, stale or unknown
     * @throws UnsupportedOperationException on another platform, or if native access is denied
     */
    public DaemonStatus status() {
        try (Posix posix = Posix.open()) {
            return switch (PidfileState.of(posix, pidfile)) {
                case PidfileState.Absent() -> new DaemonStatus.Stopped();
                case PidfileState.Unlocked() -> new DaemonStatus.Stale(pidfile);
                case PidfileState.Locked locked -> new DaemonStatus.Running(locked.pid());
            };
        } catch (PidfileException | SystemCallException e) {
            return new DaemonStatus.Unknown(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Ends the daemon: SIGTERM, and SIGKILL if it has not ended within the grace period. Returns when the process is gone;
     * repeating it does nothing.
     *
     * @param grace how long the daemon may take to end by itself, more than zero
     * @return what happened
     * @throws IllegalArgumentException if the grace period is not more than zero
     * @throws UnsupportedOperationException on another platform, or if native access is denied
     */
    public StopResult stop(Duration grace) {
        Objects.requireNonNull(grace, "grace");
        if (!grace.isPositive()) {
            throw new IllegalArgumentException("grace " + grace + ": give more than zero.");
        }
        return switch (Stop.daemonOf(pidfile, grace)) {
            case Stop.Result.NotRunning() -> new StopResult.NotRunning();
            case Stop.Result.Stopped stopped -> new StopResult.Stopped(stopped.pid(), stopped.took(), stopped.killed());
            case Stop.Result.NotStopped not -> new StopResult.NotStopped(not.pid(), not.reason());
        };
    }
}
