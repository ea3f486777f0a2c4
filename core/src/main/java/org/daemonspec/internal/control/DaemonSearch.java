package org.daemonspec.internal.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.internal.pidfile.LockAttempt;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.pidfile.PidfileTrust;
import org.daemonspec.internal.pidfile.PidfileWatch;
import org.daemonspec.internal.posix.Posix;

/** Looks for the process of the daemon with a pidfile, so that something can be done to it. */
sealed interface DaemonSearch {

    /** A start that is under way has a pid soon. */
    Duration PATIENCE = Duration.ofSeconds(10);

    /** Nobody holds the lock. */
    record NotRunning() implements DaemonSearch {}

    /** This is it. */
    record Found(DaemonProcess process) implements DaemonSearch {}

    /** Somebody holds the lock, and cannot be reached: why, and what to do; {@code denied} if this user may not. */
    record OutOfReach(OptionalLong pid, String reason, boolean denied) implements DaemonSearch {}

    /** Looks until there is an answer; while a start is under way, that is when its daemon has a pid. */
    static DaemonSearch at(Posix posix, Path pidfile, Progress progress) {
        Optional<DaemonSearch> atOnce = answer(posix, pidfile, PidfileState.of(posix, pidfile));
        return atOnce.isPresent() ? atOnce.get() : await(posix, pidfile, progress);
    }

    private static DaemonSearch await(Posix posix, Path pidfile, Progress progress) {
        long start = System.nanoTime();
        while (true) {
            try (PidfileWatch watch = PidfileWatch.of(posix, pidfile)) {
                PidfileState state = PidfileState.of(posix, pidfile);
                Optional<DaemonSearch> answer = answer(posix, pidfile, state);
                if (answer.isPresent()) {
                    return answer.get();
                }
                PidfileState.Locked locked = (PidfileState.Locked) state;
                Duration waited = Duration.ofNanos(System.nanoTime() - start);
                if (!locked.proven() && locked.pid().isPresent() && waited.compareTo(LockAttempt.DOUBT) >= 0) {
                    return unproven(locked.pid().getAsLong());
                }
                if (waited.compareTo(PATIENCE) >= 0) {
                    return nameless(posix, pidfile, locked);
                }
                progress.waitingFor("whoever locked " + pidfile + " to write its pid", PATIENCE);
                watch.await(Optional.empty(), locked.pid().isPresent() ? LockAttempt.DOUBT : PATIENCE.minus(waited));
            }
        }
    }

    /** Empty while somebody holds the lock of whom it is not known who it is. */
    private static Optional<DaemonSearch> answer(Posix posix, Path pidfile, PidfileState state) {
        if (!(state instanceof PidfileState.Locked locked)) {
            return Optional.of(new NotRunning());
        }
        return locked.proven() ? proven(posix, pidfile, locked.pid().getAsLong()) : Optional.empty();
    }

    /** Empty if the process turns out not to hold the lock any more: look again. */
    private static Optional<DaemonSearch> proven(Posix posix, Path pidfile, long pid) {
        Optional<String> doubt = PidfileTrust.doubt(pidfile, pid);
        if (doubt.isPresent()) {
            return Optional.of(new OutOfReach(OptionalLong.of(pid), doubt.get(), false));
        }
        Optional<DaemonProcess> process = DaemonProcess.open(posix, pidfile, pid);
        return process.isPresent() ? Optional.of(new Found(process.get())) : Optional.empty();
    }

    private static DaemonSearch unproven(long pid) {
        String who = "process " + pid;
        return new OutOfReach(
                OptionalLong.of(pid),
                isOfThisUser(pid)
                        ? who
                                + " hides its descriptors even from its own user, as a program with file capabilities"
                                + " or a set-user-ID bit does (see getcap), so that it cannot be told from a stranger;"
                                + " do it as root"
                        : who + " is not ours to judge; do it as its own user or as root",
                true);
    }

    private static boolean isOfThisUser(long pid) {
        try {
            return Files.getOwner(Path.of("/proc", Long.toString(pid))).equals(Files.getOwner(Path.of("/proc/self")));
        } catch (IOException gone) {
            return false;
        }
    }

    /** A launcher that was killed right after its spawn has left a program that holds the lock, and no pid. */
    private static DaemonSearch nameless(Posix posix, Path pidfile, PidfileState.Locked locked) {
        OptionalLong holder = PidfileState.onlyHolder(posix, pidfile);
        Optional<DaemonSearch> started =
                holder.isPresent() && locked.starting() ? proven(posix, pidfile, holder.getAsLong()) : Optional.empty();
        return started.orElseGet(() -> new OutOfReach(
                OptionalLong.empty(),
                holder.isPresent()
                        ? "process " + holder.getAsLong() + " holds the lock on " + pidfile
                                + ", which does not name it, so it may be a child of the daemon's; if it is the daemon,"
                                + " write its pid there, or end it by hand"
                        : "somebody holds the lock on " + pidfile + " and does not say its pid there; see fuser "
                                + pidfile,
                false));
    }
}
