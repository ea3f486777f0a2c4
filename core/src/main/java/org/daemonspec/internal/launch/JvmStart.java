package org.daemonspec.internal.launch;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.daemonspec.bindings.Libc;
import org.daemonspec.internal.control.Seconds;
import org.daemonspec.internal.launch.commandline.ArgFile;
import org.daemonspec.internal.launch.commandline.JavaCommand;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.ProcessReference;
import org.daemonspec.internal.posix.SeenProcess;
import org.daemonspec.internal.posix.SpawnRequest;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.posix.WatchedSpawn;
import org.daemonspec.internal.socket.ListenSockets;
import org.jspecify.annotations.Nullable;

/** Starts the daemon JVM and waits until it is ready, has failed, is dead, or the time is over. */
record JvmStart(
        Posix posix,
        LaunchSpec spec,
        ProcessContext context,
        Optional<LockedPidfile> pidfile,
        ListenSockets sockets,
        Optional<Attendant> attendant,
        String mark,
        Asker asker) {

    /** A JVM that was told to end has its shutdown hooks to run. */
    private static final Duration TERMINATION_GRACE = Duration.ofSeconds(5);

    private static final Duration KILL_GRACE = Duration.ofSeconds(5);

    /** A daemon's end closes all its descriptors, but not at one moment. */
    private static final Duration SIMULTANEOUS = Duration.ofMillis(200);

    private static final int LONGEST_STATUS = 4096;

    StartResult run(JavaCommand command) {
        try (Descriptor directory = posix.open(ByteString.of(spec.workingDirectory()), OpenFor.ENTERING, 0);
                Streams streams = Streams.openKeepingFirstWords(posix, spec, context);
                Descriptor argumentFile = argumentFile(command);
                Descriptor handoff = handoff(argumentFile, streams);
                @Nullable
                        Attendance attendance =
                                attendant.isPresent() ? Attendance.prepare(posix, spec, attendant.get()) : null;
                Cancellation cancellation = asker.mayCancel() ? Cancellation.open() : Cancellation.impossible()) {
            List<Descriptor> pipe = posix.pipe();
            try (Descriptor status = pipe.getFirst();
                    WatchedSpawn daemon =
                            spawn(command, directory, streams, attendance, pipe.getLast(), handoff, argumentFile)) {
                Signs signs = new Signs(status, streams, attendance);
                StartResult result = watch(daemon.process(), cancellation, signs, command.notices());
                if (result instanceof StartResult.Failed) {
                    streams.handOnLastWords(posix);
                } else {
                    sockets.keepFiles();
                }
                return result;
            }
        }
    }

    /** By what the launcher sees how it goes. */
    private record Signs(
            Descriptor status, Streams streams, @Nullable Attendance attendance) {

        /** What the daemon said, as far as nobody else has it. */
        String said() {
            return streams.said() + (hasListener() ? "; what it wrote went to the attendant" : "");
        }

        boolean hasListener() {
            return attendance != null && attendance.hasOutput();
        }

        /** Why the daemon may be waiting for the attendant. */
        String congestion() {
            return attendance != null && attendance.leavesOutput()
                    ? ", and let the attendant read to the end of file: there is output that it has not read, and a"
                            + " daemon that writes more than a pipe holds (64 KiB) waits"
                    : "";
        }
    }

    /**
     * Ctrl-C at the prompt means the start, not only the one who waits for it. A failure of our own is no reason to leave a
     * daemon behind that nobody has been told of.
     */
    private StartResult watch(ProcessReference daemon, Cancellation cancellation, Signs signs, List<String> notices) {
        try {
            int pid = daemon.pid();
            cancellation.aimAt(daemon);
            if (pidfile.isPresent()) {
                pidfile.get().write(pid);
            }
            signs.streams().startHelpers(posix, pid, context);
            asker.progress().waitingFor("process " + pid + " to be ready", spec.readyTimeout());
            StartResult result = await(daemon, signs, notices);
            Optional<String> signal = cancellation.disarm();
            return signal.isEmpty() ? result : cancelled(daemon, signal.get(), result);
        } catch (RuntimeException | Error e) {
            cancellation.disarm();
            terminate(daemon);
            throw e;
        }
    }

    private StartResult cancelled(ProcessReference daemon, String signal, StartResult result) {
        boolean isOver = result instanceof StartResult.Failed failed
                ? failed.isOver()
                : end(daemon).isOver();
        return new StartResult.Failed("cancelled by " + signal, Optional.empty(), isOver);
    }

    /**
     * Closes our own copies of the daemon's ends of pipes: from here on, end of file in the status pipe means that the daemon is
     * gone.
     */
    private WatchedSpawn spawn(
            JavaCommand command,
            Descriptor directory,
            Streams streams,
            @Nullable Attendance attendance,
            Descriptor statusOfDaemon,
            Descriptor handoff,
            @Nullable Descriptor argumentFile) {
        SortedMap<Integer, Descriptor> descriptors = SpawnRequest.inOrder(streams.descriptors());
        if (attendance != null) {
            descriptors.putAll(attendance.daemonEnds());
        }
        for (int number : spec.preserved()) {
            descriptors.put(number, posix.inherited(number));
        }
        descriptors.put(numbers().status(), statusOfDaemon);
        descriptors.put(numbers().handoff(), handoff);
        if (pidfile.isPresent()) {
            descriptors.put(numbers().lock(), pidfile.get().descriptor());
        }
        List<String> arguments = new ArrayList<>(List.of(command.executable()));
        if (argumentFile == null) {
            arguments.addAll(command.arguments());
        } else {
            arguments.add("@/proc/self/fd/" + numbers().argumentFile());
            descriptors.put(numbers().argumentFile(), argumentFile);
        }
        List<SystemLog> logs = streams.systemLogs();
        for (int i = 0; i < logs.size(); i++) {
            descriptors.put(numbers().log(i), logs.get(i).input());
        }
        List<Descriptor> listening = sockets.descriptors();
        for (int i = 0; i < listening.size(); i++) {
            descriptors.put(numbers().sockets().get(i), listening.get(i));
        }
        try (statusOfDaemon) {
            return WatchedSpawn.start(
                    posix,
                    new SpawnRequest(
                            command.executable(),
                            arguments,
                            EnvironmentChange.toBlock(command.environment()),
                            spec.umask(),
                            directory,
                            descriptors,
                            context));
        } finally {
            if (attendance != null) {
                attendance.closeDaemonEnds();
            }
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

    private Numbering numbers() {
        return Numbering.avoiding(
                spec.preserved(), pidfile.isPresent(), spec.sockets().size());
    }

    private Descriptor handoff(@Nullable Descriptor argumentFile, Streams streams) {
        Handoff content = new Handoff(
                mark,
                spec.fingerprint(),
                spec.pidfile().isPresent() ? Optional.of(spec.pidfile().get().toAbsolutePath()) : Optional.empty(),
                spec.logFiles(),
                numbers(),
                argumentFile != null,
                attendant.isPresent() && spec.stdin() instanceof StandardStream.Null,
                spec.preserved(),
                sockets.under(numbers().sockets()),
                streams.numberOfLog(streams.stdout(), numbers()),
                streams.numberOfLog(streams.stderr(), numbers()));
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

    private StartResult await(ProcessReference daemon, Signs signs, List<String> notices) {
        long begin = System.nanoTime();
        if (signs.attendance() != null) {
            signs.attendance().begin();
            posix.awaitReadable(List.of(signs.status(), signs.attendance().ended()), spec.readyTimeout());
            Optional<Throwable> failure = signs.attendance().failure();
            if (failure.isPresent() && !posix.awaitReadable(signs.status(), SIMULTANEOUS)) {
                return attendantFailed(daemon, failure.get());
            }
        }
        if (!posix.awaitReadable(signs.status(), left(begin))) {
            String congestion = signs.congestion();
            Ending ending = terminate(daemon);
            return ending.failure("not ready after " + Seconds.of(spec.readyTimeout())
                    + " (readyTimeout), so it was " + ending.how()
                    + "; see that the task calls context.ready(), find out"
                    + " what it waits for, or allow it more time" + congestion + signs.said());
        }
        Status status = Status.fromBytes(posix.read(signs.status(), LONGEST_STATUS));
        if (status instanceof Status.Ready) {
            return attended(daemon, signs, begin, notices);
        }
        Ending ending = end(daemon);
        String reason = status instanceof Status.Failed failed
                ? failed.reason()
                : "the daemon's JVM ended before it was ready (" + ending.how() + ")" + explanation(signs);
        return withAttendant(ending.failure(reason), signs, begin);
    }

    private Duration left(long begin) {
        return spec.readyTimeout().minusNanos(System.nanoTime() - begin);
    }

    /** The daemon is ready; the start is complete when the attendant has returned as well. */
    private StartResult attended(ProcessReference daemon, Signs signs, long begin, List<String> notices) {
        if (signs.attendance() != null) {
            if (!signs.attendance().awaitEnd(left(begin))) {
                Ending ending = terminate(daemon);
                return ending.failure("it was ready, but the attendant had not returned after "
                        + Seconds.of(spec.readyTimeout()) + " (readyTimeout), so it was " + ending.how()
                        + "; see what the attendant waits for: it reads end of file when the daemon is ready, unless a"
                        + " child of the daemon has its stdout or stderr");
            }
            Optional<Throwable> failure = signs.attendance().failure();
            if (failure.isPresent()) {
                return attendantFailed(daemon, failure.get());
            }
        }
        return new StartResult.Started(SeenProcess.now(posix, daemon.pid()), notices);
    }

    private StartResult attendantFailed(ProcessReference daemon, Throwable failure) {
        Ending ending = terminate(daemon);
        return new StartResult.Failed(
                "the attendant failed with " + failure + ", so the daemon was " + ending.how(),
                Optional.of(failure),
                ending.isOver());
    }

    /** What the daemon said last is still on its way to the attendant, who may have something to say about it. */
    private StartResult withAttendant(StartResult.Failed failed, Signs signs, long begin) {
        if (signs.attendance() == null) {
            return failed;
        }
        Duration left = left(begin);
        signs.attendance().awaitEnd(left.compareTo(TERMINATION_GRACE) < 0 ? left : TERMINATION_GRACE);
        return new StartResult.Failed(failed.reason(), signs.attendance().failure(), failed.isOver());
    }

    /** How a daemon ended that is not going to be one. */
    private record Ending(String how, boolean isOver) {

        StartResult.Failed failure(String reason) {
            return new StartResult.Failed(reason, Optional.empty(), isOver);
        }
    }

    /** The daemon says that it ends, or has closed the status pipe: waits for that, and sees to it. */
    private Ending end(ProcessReference daemon) {
        return EndedProcess.await(posix, daemon, TERMINATION_GRACE)
                .map(ended -> new Ending(ended.toString(), true))
                .orElseGet(() -> terminate(daemon));
    }

    /**
     * Ends a daemon that is not going to be one. By its pidfd; without one, its pid cannot have been recycled as long as the
     * watched intermediate process, which has not reaped it, lives.
     */
    private Ending terminate(ProcessReference daemon) {
        daemon.signal(posix, Libc.SIGTERM());
        asker.progress().waitingFor("process " + daemon.pid() + " to end after SIGTERM", TERMINATION_GRACE);
        if (EndedProcess.await(posix, daemon, TERMINATION_GRACE).isPresent()) {
            return new Ending("terminated", true);
        }
        daemon.signal(posix, Libc.SIGKILL());
        return EndedProcess.await(posix, daemon, KILL_GRACE).isPresent()
                ? new Ending("killed", true)
                : new Ending("sent SIGKILL, which it has not obeyed yet", false);
    }

    private static String explanation(Signs signs) {
        String said = signs.said();
        return said.isEmpty() ? " and wrote nothing; see whether main gets as far as detach" : said;
    }
}
