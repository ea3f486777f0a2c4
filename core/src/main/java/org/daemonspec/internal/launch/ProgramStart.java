package org.daemonspec.internal.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daemonspec.bindings.Libc;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.Spawn;
import org.daemonspec.internal.posix.SpawnRequest;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * Starts any program as a daemon. It is ready when its execve(2) has succeeded: nobody can ask a foreign program. The locked
 * pidfile is its descriptor 3, so the lock lives exactly as long as the program.
 */
record ProgramStart(Posix posix, LaunchSpec spec, Optional<LockedPidfile> pidfile) {

    StartResult run(Program program) {
        try (Descriptor directory = posix.open(ByteString.of(spec.workingDirectory()), OpenFor.ENTERING, 0);
                Streams streams = Streams.open(posix, spec)) {
            List<Descriptor> descriptors = new ArrayList<>(streams.descriptors());
            pidfile.ifPresent(lock -> descriptors.add(lock.descriptor()));
            int pid = Spawn.start(new SpawnRequest(
                    program.path(), program.arguments(), program.environment(), spec.umask(), directory, descriptors));
            Optional<ProcessHandle> process = ProcessHandle.of(pid);
            finish(pid, streams);
            return new StartResult.Started(pid, process, List.of());
        }
    }

    /** A program whose pid cannot be written could not be stopped, and one whose log nobody reads hangs: it is ended at once. */
    private void finish(int pid, Streams streams) {
        try {
            streams.startHelpers(posix, pid);
            pidfile.ifPresent(lock -> {
                lock.write(pid);
                lock.markReady();
            });
        } catch (SystemCallException e) {
            posix.signal(pid, Libc.SIGKILL());
            throw e;
        }
    }
}
