package org.daemonspec.internal.launch;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daemonspec.bindings.Libc;
import org.daemonspec.internal.control.Seconds;
import org.daemonspec.internal.launch.commandline.ArgFile;
import org.daemonspec.internal.launch.commandline.JavaCommand;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.SpawnRequest;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.posix.WatchedSpawn;
import org.jspecify.annotations.Nullable;

/** Starts the daemon JVM and waits until it is ready, has failed, is dead, or the time is over. */
record JvmStart(Posix posix, LaunchSpec spec, Optional<LockedPidfile> pidfile, String nonce, Asker asker) {

    /** A JVM that was told to end has its shutdown hooks to run. */
    private static final Duration TERMINATION_GRACE = Duration.ofSeconds(5);

    private static final Duration KILL_GRACE = Duration.ofSeconds(5);

    private static final int LONGEST_STATUS = 4096;

    StartResult run(JavaCommand command) {
        try (Descriptor directory = posix.open(ByteString.of(spec.workingDirectory()), OpenFor.ENTERING, 0);
                Streams streams = Streams.openKeepingFirstWords(posix, spec);
                Descriptor argumentFile = argumentFile(command);
                Descriptor handoff = handoff(argumentFile, streams);
                Cancellation cancellation = asker.mayCancel() ? Cancellation.open() : Cancellation.impossible()) {
            List<Descriptor> pipe = posix.pipe();
            try (Descriptor status = pipe.getFirst();
                    WatchedSpawn daemon = spawn(command, directory, streams, pipe.getLast(), handoff, argumentFile)) {
                StartResult result = watch(daemon.pid(), cancellation, status, streams, command.notices());
                if (result instanceof StartResult.Failed) {
                    streams.handOnLastWords(posix);
                }
                return result;
            }
        }
    }

    /**
     * Ctrl-C at the prompt means the start, not only the one who waits for it. A failure of our own is no reason to leave a
     * daemon behind that nobody has been told of.
     */
    private StartResult watch(
            int pid, Cancellation cancellation, Descriptor status, Streams streams, List<String> notices) {
        try {
            cancellation.aimAt(pid);
            pidfile.ifPresent(lock -> lock.write(pid));
            streams.startHelpers(posix, pid);
            asker.progress().waitingFor("process " + pid + " to be ready", spec.readyTimeout());
            StartResult result = await(pid, status, streams, notices);
            Optional<String> signal = cancellation.disarm();
            return signal.isEmpty() ? result : cancelled(pid, signal.get(), result);
        } catch (RuntimeException | Error e) {
            cancellation.disarm();
            terminate(pid);
            throw e;
        }
    }

    private StartResult cancelled(int pid, String signal, StartResult result) {
        boolean isOver = result instanceof StartResult.Failed failed ? failed.isOver() : end(pid).isOver();
        return new StartResult.Failed("cancelled by " + signal, Optional.empty(), isOver);
    }

    /**
     * Closes our own write end: from here on, end of file in the status pipe means that the daemon is gone. (It is opened last,
     * so its number is above those that the daemon's descriptors get, and the spawn keeps no moved-aside copy of it.)
     */
    private WatchedSpawn spawn(
            JavaCommand command,
            Descriptor directory,
            Streams streams,
            Descriptor statusOfDaemon,
            Descriptor handoff,
            @Nullable Descriptor argumentFile) {
        List<Descriptor> descriptors = new ArrayList<>(streams.descriptors());
        descriptors.addAll(List.of(statusOfDaemon, handoff));
        pidfile.ifPresent(lock -> descriptors.add(lock.descriptor()));
        List<String> arguments = new ArrayList<>(List.of(command.executable()));
        if (argumentFile == null) {
            arguments.addAll(command.arguments());
        } else {
            arguments.add("@/proc/self/fd/" + argumentFileNumber());
            descriptors.add(argumentFile);
        }
        streams.systemLogs().forEach(log -> descriptors.add(log.input()));
        try (statusOfDaemon) {
            return WatchedSpawn.start(
                    posix,
                    new SpawnRequest(
                            command.executable(),
                            arguments,
                            EnvironmentChange.toBlock(command.environment()),
                            spec.umask(),
                            directory,
                            descriptors));
        }
    }

    /**
     * The kernel takes no argument of 128 KiB or more, see execve(2). A class path that came from an {@code @argfile} may be
     * as long as that; it goes on in another, in memory.
     */
    private @Nullable Descriptor argumentFile(JavaCommand command) {
        if (!ArgFile.isNeededFor(command.arguments())) {
            return null;
        }
        return memoryFile(
                "daemonspec-arguments", ArgFile.format(command.arguments()).getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Behind the lock if there is one; the ways to the system log come last. */
    private int argumentFileNumber() {
        return pidfile.isPresent() ? Handoff.LOCK + 1 : Handoff.LOCK;
    }

    private Descriptor handoff(@Nullable Descriptor argumentFile, Streams streams) {
        int firstLog = argumentFile == null ? argumentFileNumber() : argumentFileNumber() + 1;
        Handoff content = new Handoff(
                nonce,
                spec.fingerprint(),
                spec.pidfile().map(path -> path.toAbsolutePath()),
                spec.logFiles(),
                argumentFile == null ? 0 : argumentFileNumber(),
                streams.numberOfLog(streams.stdout(), firstLog),
                streams.numberOfLog(streams.stderr(), firstLog));
        return memoryFile(Handoff.FILE_NAME, content.toBytes());
    }

    private Descriptor memoryFile(String name, byte[] content) {
        Descriptor file = posix.memoryFile(name);
        try {
            posix.write(file, content);
            return file;
        } catch (SystemCallException e) {
            file.close();
            throw e;
        }
    }

    private StartResult await(int pid, Descriptor status, Streams streams, List<String> notices) {
        if (!posix.awaitReadable(status, spec.readyTimeout())) {
            Ending ending = terminate(pid);
            return ending.failure("not ready after " + Seconds.of(spec.readyTimeout())
                    + " (readyTimeout), so it was " + ending.how()
                    + "; see that the task calls context.ready(), find out"
                    + " what it waits for, or allow it more time" + streams.said());
        }
        return switch (Status.fromBytes(posix.read(status, LONGEST_STATUS))) {
            case Status.Ready() -> new StartResult.Started(pid, ProcessHandle.of(pid), notices);
            case Status.Failed(String reason) -> end(pid).failure(reason);
            case Status.Died() -> {
                Ending ending = end(pid);
                yield ending.failure(
                        "the daemon's JVM ended before it was ready (" + ending.how() + ")" + explanation(streams));
            }
        };
    }

    /** How a daemon ended that is not going to be one. */
    private record Ending(String how, boolean isOver) {

        StartResult failure(String reason) {
            return new StartResult.Failed(reason, Optional.empty(), isOver);
        }
    }

    /** The daemon says that it ends, or has closed the status pipe: waits for that, and sees to it. */
    private Ending end(int pid) {
        return EndedProcess.await(posix, pid, TERMINATION_GRACE)
                .map(ended -> new Ending(ended.toString(), true))
                .orElseGet(() -> terminate(pid));
    }

    /**
     * Ends a daemon that is not going to be one. Its pid cannot have been recycled: the watched intermediate process has not
     * reaped it.
     */
    private Ending terminate(int pid) {
        posix.signal(pid, Libc.SIGTERM());
        asker.progress().waitingFor("process " + pid + " to end after SIGTERM", TERMINATION_GRACE);
        if (EndedProcess.await(posix, pid, TERMINATION_GRACE).isPresent()) {
            return new Ending("terminated", true);
        }
        posix.signal(pid, Libc.SIGKILL());
        return EndedProcess.await(posix, pid, KILL_GRACE).isPresent()
                ? new Ending("killed", true)
                : new Ending("sent SIGKILL, which it has not obeyed yet", false);
    }

    private static String explanation(Streams streams) {
        String said = streams.said();
        return said.isEmpty() ? " and wrote nothing; see whether main gets as far as detach" : said;
    }
}
