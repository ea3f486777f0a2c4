package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.SeenProcess;
import org.daemonspec.internal.posix.Spawn;
import org.daemonspec.internal.posix.SpawnRequest;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.posix.WatchedSpawn;

/**
 * Starts any program as a daemon. It is ready when its execve(2) has succeeded: nobody can ask a foreign program. The locked
 * pidfile is its descriptor 3 or the next that is not preserved, so the lock lives exactly as long as the program.
 */
record ProgramStart(Posix posix, LaunchSpec spec, Optional<LockedPidfile> pidfile) {

    StartResult run(PreparedProgram prepared) {
        Program program = prepared.program().orElseThrow();
        Path entered = spec.context().root().orElse(spec.workingDirectory());
        try (Descriptor directory = posix.open(ByteString.of(entered), OpenFor.ENTERING, 0);
                Streams streams = Streams.open(posix, spec, prepared.context())) {
            SortedMap<Integer, Descriptor> descriptors = SpawnRequest.inOrder(streams.descriptors());
            spec.preserved().forEach(number -> descriptors.put(number, posix.inherited(number)));
            pidfile.ifPresent(lock -> descriptors.put(Numbering.lockOfProgram(spec.preserved()), lock.descriptor()));
            SpawnRequest request = new SpawnRequest(
                    program.path(),
                    program.arguments(),
                    program.environment(),
                    spec.umask(),
                    directory,
                    descriptors,
                    prepared.context());
            if (prepared.context().isInherited()) {
                return started(Spawn.start(request), streams, prepared.context());
            }
            try (WatchedSpawn watched = WatchedSpawn.start(posix, request)) {
                return started(watched.pid(), streams, prepared.context());
            }
        }
    }

    private StartResult started(int pid, Streams streams, ProcessContext context) {
        SeenProcess process = SeenProcess.now(posix, pid);
        limit(pid, context);
        finish(pid, streams, context);
        return new StartResult.Started(process, List.of());
    }

    /** What cannot be in force before the program is, see {@link ProcessContext#laterLimits}. */
    private void limit(int pid, ProcessContext context) {
        try {
            context.laterLimits().forEach(limit -> posix.setLimit(pid, limit));
        } catch (SystemCallException e) {
            if (!e.is(Errno.ESRCH)) { // a program that has ended needs no limit
                Spawn.kill(posix, pid);
                throw e;
            }
        }
    }

    /** A program whose pid cannot be written could not be stopped, and one whose log nobody reads hangs: it is ended at once. */
    private void finish(int pid, Streams streams, ProcessContext context) {
        try {
            streams.startHelpers(posix, pid, context);
            pidfile.ifPresent(lock -> {
                lock.write(pid);
                lock.markReady();
            });
        } catch (RuntimeException e) {
            Spawn.kill(posix, pid);
            throw e;
        }
    }
}
