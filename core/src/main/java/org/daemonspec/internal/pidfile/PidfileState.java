package org.daemonspec.internal.pidfile;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;

/** What a pidfile says, looked at from outside: running means locked, whatever the content. */
public sealed interface PidfileState {

    /** There is no pidfile. */
    record Absent() implements PidfileState {}

    /** There is one that says nothing, and nobody has its lock: its daemon has ended in good order, and might not remove it. */
    record Emptied() implements PidfileState {}

    /** There is one, and nobody has its lock. */
    record Unlocked() implements PidfileState {}

    /**
     * Somebody has its lock.
     *
     * @param pid the holder; empty while a start is under way that has not written it yet
     * @param proven whether {@code /proc} shows that it is the holder; otherwise that is another user's, and only a claim
     * @param starting whether it says that it is not ready yet
     * @param reloads whether it says that it does something of its own on SIGHUP
     */
    record Locked(OptionalLong pid, boolean proven, boolean starting, boolean reloads) implements PidfileState {

        /** Whether the daemon can be used. */
        public boolean ready() {
            return pid.isPresent() && !starting;
        }

        /** When the process began, if it has a pid. */
        public Optional<Instant> since() {
            return pid.stream()
                    .boxed()
                    .flatMap(number -> ProcessHandle.of(number).stream())
                    .flatMap(process -> process.info().startInstant().stream())
                    .findAny();
        }
    }

    /**
     * Looks at the file. A holder that {@code /proc} shows is left in peace; otherwise the lock is tried in shared mode for a
     * moment, which a start that happens just then repeats its own attempt for.
     *
     * @throws PidfileException if the file cannot be opened
     */
    static PidfileState of(Posix posix, Path path) {
        while (true) {
            try (Descriptor file = PidfileClaim.open(posix, path).orElse(null)) {
                if (file == null) {
                    return new Absent();
                }
                PidfileClaim claim = PidfileClaim.of(posix, path, file);
                if (claim.verdict() == LockHolder.Verdict.HOLDS) {
                    Locked locked = locked(posix, file, claim.pid(), true);
                    if (isHeldBy(posix, claim.pid().orElseThrow(), path)) {
                        return locked;
                    }
                    continue; // it has ended meanwhile, and the marks may be the next instance's
                }
                boolean free = posix.tryLockShared(file, ByteString.of(path));
                Optional<FileIdentity> behindPath = FileIdentity.ofPath(path);
                if (behindPath.isEmpty()) {
                    return new Absent();
                }
                if (behindPath.equals(FileIdentity.ofOwnDescriptor(file.number()))) {
                    boolean mayBe = claim.verdict() == LockHolder.Verdict.UNKNOWN;
                    return free
                            ? unlocked(posix, file)
                            : locked(posix, file, mayBe ? claim.pid() : OptionalLong.empty(), false);
                }
                // the next instance has replaced it meanwhile: look at that
            }
        }
    }

    /** Whether {@code /proc} shows that a process holds the pidfile's lock, whatever the pidfile says. */
    static boolean isHeldBy(Posix posix, long pid, Path path) {
        return LockHolder.judge(posix, pid, path) == LockHolder.Verdict.HOLDS;
    }

    /**
     * Who holds the lock, by a look at all processes that are ours to see; empty if there are several. For a start whose
     * launcher was killed before it wrote the pid.
     */
    static OptionalLong onlyHolder(Posix posix, Path path) {
        return LockHolder.onlyHolder(posix, path);
    }

    /** Whether a line of {@code /proc/PID/fdinfo} is a daemon's mark on its pidfile that it is not ready yet. */
    static boolean isMarkOfStart(String lock) {
        return PidfileMark.STARTING.isIn(lock);
    }

    /** Whether it is the mark that a daemon of this library holds in its own name. */
    static boolean isMarkOfHolder(String lock) {
        return PidfileMark.HOLDER.isIn(lock);
    }

    private static PidfileState unlocked(Posix posix, Descriptor file) {
        return posix.readAtStart(file, 1).length == 0 ? new Emptied() : new Unlocked();
    }

    private static Locked locked(Posix posix, Descriptor file, OptionalLong pid, boolean proven) {
        boolean starting = posix.isByteLocked(file, PidfileMark.STARTING.offset());
        boolean reloads = posix.isByteLocked(file, PidfileMark.RELOADS.offset());
        return new Locked(pid, proven, starting, reloads);
    }
}
