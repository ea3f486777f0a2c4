package org.daemonspec.internal.control;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.daemonspec.bindings.Libc;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/** Sends one signal to the daemon that holds a pidfile's lock. */
public final class SendSignal {

    /** What became of it. */
    public sealed interface Result {

        /** It was sent. */
        record Sent(long pid) implements Result {}

        /** Nobody holds the lock. */
        record NotRunning() implements Result {}

        /** It could not be sent: why, and what to do; {@code denied} if this user may not. */
        record NotSent(OptionalLong pid, String reason, boolean denied) implements Result {}
    }

    private SendSignal() {}

    /** Sends SIGHUP, but not before the daemon is ready: it would end one that does not handle it yet. */
    public static Result reload(Path pidfile, Progress progress) {
        try {
            progress.waitingFor("the daemon to be ready", DaemonSearch.PATIENCE);
            PidfileState state = Await.state(pidfile, now -> !isStarting(now), DaemonSearch.PATIENCE);
            if (state instanceof PidfileState.Locked locked && locked.starting() && !locked.reloads()) {
                return new Result.NotSent(
                        locked.pid(),
                        locked.pid().stream()
                                        .mapToObj(pid -> "process " + pid)
                                        .findAny()
                                        .orElse("it")
                                + " is still starting, and could be ended by the signal; do it when it is ready",
                        false);
            }
        } catch (PidfileException | SystemCallException e) {
            // the next look finds the same, and says so
        }
        return to(pidfile, Libc.SIGHUP());
    }

    /** Whether a daemon runs that says it does something of its own on SIGHUP. */
    public static boolean isReloader(Path pidfile) {
        try {
            return Await.state(pidfile, state -> !isStarting(state), DaemonSearch.PATIENCE)
                            instanceof PidfileState.Locked locked
                    && locked.reloads();
        } catch (PidfileException | SystemCallException e) {
            return false;
        }
    }

    private static boolean isStarting(PidfileState state) {
        return state instanceof PidfileState.Locked locked && locked.starting();
    }

    /** Sends the signal. */
    public static Result to(Path pidfile, int number) {
        try (Posix posix = Posix.open()) {
            return switch (DaemonSearch.at(posix, pidfile, Progress.NONE)) {
                case DaemonSearch.NotRunning() -> new Result.NotRunning();
                case DaemonSearch.OutOfReach out -> new Result.NotSent(out.pid(), out.reason(), out.denied());
                case DaemonSearch.Found(DaemonProcess process) -> {
                    try (process) {
                        yield process.signal(number) ? new Result.Sent(process.pid()) : new Result.NotRunning();
                    } catch (SystemCallException e) {
                        yield new Result.NotSent(
                                OptionalLong.of(process.pid()),
                                process.complaint(e, "do it as its own user or as root"),
                                e.is(Errno.EPERM));
                    }
                }
            };
        } catch (PidfileException e) {
            return new Result.NotSent(OptionalLong.empty(), e.reason(), e.isDenied());
        } catch (SystemCallException e) {
            return new Result.NotSent(
                    OptionalLong.empty(), e.reason("do it as its own user or as root"), e.is(Errno.EPERM));
        }
    }
}
