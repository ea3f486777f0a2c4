package org.daemonspec;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.daemonspec.internal.control.Await;
import org.daemonspec.internal.control.Progress;
import org.daemonspec.internal.control.SendSignal;
import org.daemonspec.internal.control.Stop;
import org.daemonspec.internal.control.StopStep;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * Looks after a daemon by its pidfile, in any process. The lock decides; a pid in the file is believed only if {@code /proc}
 * shows that this process holds the lock, and signals go to a pidfd, see pidfd_open(2), that was opened before that was
 * shown: so neither a stale file nor a recycled pid leads to a stranger.
 *
 * <p>Waiting is done in poll(2), on that pidfd and on inotify(7): it costs nothing, and ends when the thing happens. It cannot
 * be interrupted; an interrupt stays pending.
 *
 * <p>Where there is no pidfd, on Linux before 5.3 and under older seccomp filters, three promises are weaker. The proof is
 * repeated right before each signal instead, and a stranger can be hit if the daemon ends and its pid is given away in the
 * microseconds between. The end of a process is noticed up to 10 ms late. And {@link #awaitReady} may be up to a second late
 * to notice that a daemon has died.
 *
 * <p>Not every holder of the lock can be proven to be one. {@code /proc} hides the descriptors of another user's process, and
 * those of a program with file capabilities or a set-user-ID bit (see getcap(8)) even from its own user: the status of such a
 * daemon is what the pidfile says, and root alone can stop it. Nothing is signalled because of a pidfile that others may
 * write, or that belongs neither to root nor to this user nor to the process's own.
 *
 * <p>Immutable and thread-safe. Every method throws {@link UnsupportedOperationException} on another platform than
 * {@link DaemonSpec}'s, or if native access is denied.
 */
public final class DaemonControl {

    private final Path pidfile;
    private final StopSchedule schedule;

    DaemonControl(Path pidfile, StopSchedule schedule) {
        this.pidfile = pidfile.toAbsolutePath();
        this.schedule = schedule;
    }

    /**
     * Control over the daemon with this pidfile, which {@linkplain #stop() is stopped} by the
     * {@linkplain StopSchedule#standard() standard schedule}. With a specification at hand, take {@link DaemonSpec#control()}.
     *
     * @param pidfile as given to {@link DaemonSpec.Builder#pidfile}; need not exist
     * @return a control for it
     */
    public static DaemonControl of(Path pidfile) {
        return new DaemonControl(Objects.requireNonNull(pidfile, "pidfile"), StopSchedule.standard());
    }

    /**
     * Whether the daemon runs now.
     *
     * @return running, stopped, stale or unknown
     */
    public DaemonStatus status() {
        try (Posix posix = Posix.open()) {
            return status(PidfileState.of(posix, pidfile));
        } catch (PidfileException | SystemCallException e) {
            return new DaemonStatus.Unknown(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Whether the daemon is well-behaved, as {@code /proc} shows it.
     *
     * @return what was found, see {@link DaemonInspection#ofPidfile}
     */
    public DaemonInspection inspect() {
        return DaemonInspection.ofPidfile(pidfile);
    }

    /**
     * Waits until the daemon is ready, also if it is yet to be started. A daemon that ends meanwhile does not end the wait, since
     * the next one may be on its way, as in a restart.
     *
     * @param most how long to wait; zero or less: not at all
     * @return the status when it was ready, or when the time was over
     */
    public DaemonStatus awaitReady(Duration most) {
        return await(most, state -> state instanceof PidfileState.Locked locked && locked.ready());
    }

    /**
     * Waits until no daemon runs.
     *
     * @param most how long to wait; zero or less: not at all
     * @return the status when none ran, or when the time was over
     */
    public DaemonStatus awaitStopped(Duration most) {
        return await(most, state -> !(state instanceof PidfileState.Locked));
    }

    private DaemonStatus await(Duration most, Predicate<PidfileState> wanted) {
        try {
            return status(Await.state(pidfile, wanted, Objects.requireNonNull(most, "most")));
        } catch (PidfileException | SystemCallException e) {
            return new DaemonStatus.Unknown(String.valueOf(e.getMessage()));
        }
    }

    /**
     * As {@link #stop(StopSchedule)} by the specification's schedule, or the {@linkplain StopSchedule#standard() standard}
     * one.
     *
     * @return what happened
     */
    public StopResult stop() {
        return stop(schedule);
    }

    /**
     * Ends the daemon, and returns when the process is gone. A start that is under way is ended too, as soon as it has a pid.
     * Repeating it does nothing.
     *
     * @param schedule which signals, and how long the daemon may take after each
     * @return what happened
     */
    public StopResult stop(StopSchedule schedule) {
        List<StopStep> steps = schedule.toSteps();
        return switch (Stop.daemonOf(pidfile, steps, Progress.NONE)) {
            case Stop.Result.NotRunning() -> new StopResult.NotRunning();
            case Stop.Result.Stopped(long pid, Duration took, StopStep last) ->
                new StopResult.Stopped(
                        pid, took, schedule.steps().get(steps.indexOf(last)).signal());
            case Stop.Result.NotStopped not -> new StopResult.NotStopped(not.pid(), not.reason());
        };
    }

    /**
     * Ends the daemon if it runs, and then starts it by the given means. In the daemon, where {@code main} comes here again, only
     * the latter. {@link DaemonSpec#restart(DaemonTask)} is better where it can be had: it ends what runs only if nothing
     * speaks against the start.
     *
     * @param start such as {@code () -> spec.launch(task)} or {@code () -> spec.exec("ping", "::1")}, with the same pidfile
     * @return the new daemon
     * @throws RestartFailedException if the daemon was not ended, or was, and then not started again:
     *     {@link RestartFailedException#leftNone()} tells which
     */
    public DaemonHandle restart(Supplier<DaemonHandle> start) {
        Objects.requireNonNull(start, "start");
        if (DaemonSpec.isDaemon()) {
            return start.get();
        }
        StopResult stopped = stop();
        if (stopped instanceof StopResult.NotStopped not) {
            throw RestartFailedException.notStopped(pidfile.toString(), not.reason());
        }
        try {
            return start.get();
        } catch (InvalidDaemonSpecException | StartFailedException e) {
            boolean wasStopped = stopped instanceof StopResult.Stopped;
            throw RestartFailedException.notStarted(pidfile.toString(), wasStopped, status(), e);
        }
    }

    /**
     * Asks the daemon to reload its configuration, by SIGHUP: a daemon made by {@link DaemonSpec#detach(DaemonTask)} opens its logs
     * anew and runs its {@linkplain DaemonContext#onReload reload handlers}. One that is starting is given 10 s to be ready
     * first. Other programs may end by it.
     *
     * @return what became of the signal
     */
    public SignalResult reload() {
        return result(SendSignal.reload(pidfile, Progress.NONE));
    }

    /**
     * Sends a signal to the daemon.
     *
     * @param signal which
     * @return what became of it
     */
    public SignalResult signal(Signal signal) {
        return result(SendSignal.to(pidfile, signal.number()));
    }

    private static SignalResult result(SendSignal.Result result) {
        return switch (result) {
            case SendSignal.Result.Sent(long pid) -> new SignalResult.Sent(pid);
            case SendSignal.Result.NotRunning() -> new SignalResult.NotRunning();
            case SendSignal.Result.NotSent not -> new SignalResult.NotSent(not.pid(), not.reason());
        };
    }

    private DaemonStatus status(PidfileState state) {
        return switch (state) {
            case PidfileState.Absent(), PidfileState.Emptied() -> new DaemonStatus.Stopped();
            case PidfileState.Unlocked() -> new DaemonStatus.Stale(pidfile);
            case PidfileState.Locked locked -> new DaemonStatus.Running(locked.pid(), locked.since(), locked.ready());
        };
    }
}
