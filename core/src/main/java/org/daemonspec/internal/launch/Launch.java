package org.daemonspec.internal.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.daemonspec.bindings.Libc;
import org.daemonspec.internal.control.Stop;
import org.daemonspec.internal.launch.commandline.CommandLineException;
import org.daemonspec.internal.launch.commandline.JavaCommand;
import org.daemonspec.internal.launch.commandline.JavaCommandLine;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.launch.commandline.OptionChanges;
import org.daemonspec.internal.pidfile.LockAttempt;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.FileErrno;
import org.daemonspec.internal.posix.NativeAccess;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.RefusedContextException;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.socket.ListenSockets;
import org.daemonspec.internal.socket.RefusedSocketException;
import org.daemonspec.internal.socket.SocketCheck;
import org.daemonspec.internal.supervisor.Supervision;
import org.jspecify.annotations.Nullable;

/**
 * The launcher's half of a start: check, lock, open, spawn, write the pid, wait. It is checked when it is made, and a
 * restart ends the running daemon only if nothing speaks against the start.
 *
 * <p>The lock is taken before anything else is touched and lives on in the daemon's descriptor without a gap. Whatever
 * fails, the result says so in a sentence, and neither process nor pidfile stays behind.
 */
public final class Launch {

    private static final String SELF = "/proc/self";

    private final LaunchSpec spec;
    private final Asker asker;
    private final List<String> problems;
    private final ProcessContext context;
    private final Prepared prepared;

    private Launch(LaunchSpec spec, Asker asker, List<String> problems, ProcessContext context, Prepared prepared) {
        this.spec = spec;
        this.asker = asker;
        this.problems = problems;
        this.context = context;
        this.prepared = prepared;
    }

    /** What is to be started, with all that could be looked up beforehand. */
    private interface Prepared {

        StartResult start(Posix posix, Optional<LockedPidfile> pidfile);

        Plan plan(List<String> problems);
    }

    private record AnyProgram(LaunchSpec spec, PreparedProgram program) implements Prepared {

        @Override
        public StartResult start(Posix posix, Optional<LockedPidfile> pidfile) {
            return new ProgramStart(posix, spec, pidfile).run(program);
        }

        @Override
        public Plan plan(List<String> problems) {
            return Planner.ofProgram(spec, problems, program.context(), program.program());
        }
    }

    private record ThisProgram(
            LaunchSpec spec,
            ProcessContext context,
            Optional<FoundCache> cache,
            @Nullable JavaCommand command,
            Optional<Attendant> attendant,
            String mark,
            Asker asker)
            implements Prepared {

        @Override
        public StartResult start(Posix posix, Optional<LockedPidfile> pidfile) {
            try (ListenSockets sockets = Listening.open(posix, spec.sockets(), context)) {
                return new JvmStart(posix, spec, context, pidfile, sockets, attendant, mark, asker)
                        .run(Objects.requireNonNull(command));
            }
        }

        @Override
        public Plan plan(List<String> problems) {
            return Planner.ofTask(
                    spec, problems, context, cache, Optional.ofNullable(command).map(Program::of));
        }
    }

    /**
     * What any start would say, if it is plain to see that an instance runs: before all else, since a look that makes no native call and
     * rebuilds no command line is most of what a refusal costs less. Empty says nothing: a start finds out.
     */
    public static Optional<StartResult.AlreadyRunning> plainlyRunning(LaunchSpec spec) {
        if (spec.pidfile().isEmpty()) {
            return Optional.empty();
        }
        Path pidfile = spec.pidfile().get();
        Optional<LockAttempt.Held> held = LockAttempt.provenHeld(pidfile);
        return held.isPresent()
                ? Optional.of(new StartResult.AlreadyRunning(held.get().pid(), pidfile))
                : Optional.empty();
    }

    /** To make any program a daemon: {@code command} is its name or path, and its arguments. */
    public static Launch ofProgram(LaunchSpec spec, List<String> command, Asker asker) {
        List<String> problems = MachineCheck.problems(spec);
        PreparedProgram program = PreparedProgram.find(spec.detached(), command, problems);
        return new Launch(spec, asker, problems, program.context(), new AnyProgram(spec, program));
    }

    /** To make this program a daemon: a second JVM with the same command line, in which main runs again. */
    public static Launch ofThisProgram(LaunchSpec spec, Asker asker) {
        return ofThisProgram(spec, asker, Optional.empty());
    }

    /** The same with an attendant at the daemon's standard streams while it starts. */
    public static Launch ofThisProgram(LaunchSpec spec, Asker asker, Optional<Attendant> attendant) {
        List<String> problems = MachineCheck.problems(spec);
        problems.addAll(KindCheck.ofTask(spec));
        ResolvedContext context = ContextCheck.resolve(spec.context(), spec.workingDirectory(), problems);
        Optional<FoundCache> cache = spec.aotCache().isPresent()
                ? Optional.of(FoundCache.at(spec.aotCache().get(), problems))
                : Optional.empty();
        Numbering numbers = Numbering.avoiding(
                spec.preserved(), spec.pidfile().isPresent(), spec.sockets().size());
        String mark = Handoff.newMark(numbers.handoff());
        LaunchSpec prepared = spec.detached().prepared(context, problems);
        JavaCommand command = relocated(prepared, new DaemonOptions(spec, mark, context, cache), problems);
        return new Launch(
                spec,
                asker,
                problems,
                context.process(),
                new ThisProgram(spec, context.process(), cache, command, attendant, mark, asker));
    }

    /** What a start would do; nothing is done. */
    public Plan plan() {
        return prepared.plan(problems);
    }

    /** Starts the daemon. */
    public StartResult start() {
        return problems.isEmpty() ? withLock() : new StartResult.Refused(problems);
    }

    /** Ends the daemon that runs, if one does, and then starts the new one. */
    public RestartResult restart() {
        return restart(false);
    }

    /** Ends the daemon that runs and starts the new one; if none runs, does nothing. */
    public RestartResult restartIfRunning() {
        return restart(true);
    }

    private RestartResult restart(boolean onlyIfRunning) {
        if (!problems.isEmpty()) {
            return new RestartResult.Refused(problems);
        }
        Path pidfile = spec.pidfile().orElseThrow();
        Optional<RestartResult> supervised = supervised(pidfile);
        if (supervised.isPresent()) {
            return supervised.get();
        }
        return switch (Stop.daemonOf(pidfile, spec.stopSchedule(), asker.progress())) {
            case Stop.Result.NotStopped not -> new RestartResult.NotStopped(not.reason(), not.denied());
            case Stop.Result.NotRunning() ->
                onlyIfRunning
                        ? new RestartResult.NotRunning()
                        : new RestartResult.Started(Optional.empty(), System.nanoTime(), withLock());
            case Stop.Result.Stopped stopped -> {
                asker.stopped().accept(stopped);
                yield new RestartResult.Started(Optional.of(stopped), System.nanoTime(), withLock());
            }
        };
    }

    /** A supervisor would start another in the place of what is stopped, and meet the one that this restart has made. */
    private static Optional<RestartResult> supervised(Path pidfile) {
        try (Posix posix = Posix.open()) {
            if (!(PidfileState.of(posix, pidfile) instanceof PidfileState.Locked locked)
                    || !locked.proven()
                    || locked.pid().isEmpty()) {
                return Optional.empty();
            }
            long pid = locked.pid().getAsLong();
            Supervision supervision = Supervision.ofProcess(pid);
            return supervision
                    .supervisor()
                    .map(supervisor -> new RestartResult.NotStopped(
                            supervisor + " looks after process " + pid + " (" + supervision.reason()
                                    + "), and would start another; have it restarted there",
                            false));
        } catch (PidfileException | SystemCallException e) {
            return Optional.empty(); // who stops it has something to say about that
        }
    }

    /**
     * This program's command line, for the same process as somebody else: {@code run} becomes it by execve(2).
     *
     * @param option that the next JVM knows this by
     * @param problems to which what is wrong is added
     */
    public static Optional<PreparedProgram> ofThisProcess(LaunchSpec spec, String option, List<String> problems) {
        problems.addAll(KindCheck.ofTask(spec));
        SocketCheck.addTo(problems, spec.sockets());
        ResolvedContext context = ContextCheck.resolve(spec.context(), spec.workingDirectory(), problems);
        boolean isItself = context.process().isInherited()
                || (context.isComplete() && context.process().isInForce());
        if (isItself && !isLaunchersJvm(spec, problems)) {
            return Optional.empty();
        }
        JavaCommand command = relocated(spec.inForeground(context), new ForegroundOptions(spec, option), problems);
        return Optional.of(new PreparedProgram(
                Optional.ofNullable(command).map(Program::of), context.process().withoutLaterLimits()));
    }

    /** Whether this JVM has options with which it may start a daemon, but not be one. */
    private static boolean isLaunchersJvm(LaunchSpec spec, List<String> problems) {
        if (spec.launcherOptions().isEmpty()) {
            return false;
        }
        try {
            return JavaCommandLine.hasDropped(
                    new OptionChanges(ByteString.encodeAll(spec.launcherOptions()), List.of(), List.of()),
                    JvmProcess.current());
        } catch (CommandLineException e) {
            problems.addAll(e.problems());
        } catch (IOException e) {
            problems.add(unreadable(e));
        } catch (ByteString.UnencodableException e) {
            problems.add("launcherOptions: " + e.getMessage());
        }
        return false;
    }

    private static String unreadable(IOException e) {
        return "read /proc/self" + nameOf(e) + ": " + FileErrno.of(e) + "; see that /proc is mounted, and whole.";
    }

    /** What this program would do as a task in this process; nothing is done. */
    public static Plan planInForeground(LaunchSpec spec) {
        List<String> problems = new ArrayList<>();
        Optional<PreparedProgram> other = ofThisProcess(spec, "", problems);
        return Planner.inForeground(spec, problems, other, true);
    }

    /** What another program would do in this process; nothing is done. */
    public static Plan planInForeground(LaunchSpec spec, List<String> command) {
        List<String> problems = new ArrayList<>();
        PreparedProgram program = PreparedProgram.find(spec, command, problems);
        return Planner.inForeground(spec, problems, Optional.of(program), false);
    }

    /** Why this process is not who it shall be, or cannot be known to be; empty if it is. */
    public static Optional<String> whyNotItself(LaunchSpec spec) {
        List<String> problems = new ArrayList<>();
        ResolvedContext context = ContextCheck.resolve(spec.context(), spec.workingDirectory(), problems);
        return context.isComplete()
                ? context.process().identity().map(identity -> "the process has not become uid " + identity.uid() + ".")
                : Optional.of("it is not known who it shall be: " + String.join(" ", problems));
    }

    /** What the next JVM gets beside the options of this one. */
    interface AddedOptions {

        List<String> options(JvmProcess self);

        /** What it gets only if the user has not decided. */
        List<String> defaults();
    }

    private record DaemonOptions(LaunchSpec spec, String mark, ResolvedContext context, Optional<FoundCache> cache)
            implements AddedOptions {

        @Override
        public List<String> options(JvmProcess self) {
            List<String> options = ByteString.encodeAll(spec.jvmOptions());
            if (!self.arguments().contains(NativeAccess.option())) {
                options.add(NativeAccess.option());
            }
            options.addAll(optionsOfLimits(spec));
            options.add("-D" + Handoff.PROPERTY + "=" + mark);
            return options;
        }

        @Override
        public List<String> defaults() {
            List<String> defaults = new ArrayList<>(CrashFiles.options(spec, context.credentials()));
            if (cache.isPresent()) {
                defaults.addAll(cache.get().options());
            }
            return defaults;
        }
    }

    private record ForegroundOptions(LaunchSpec spec, String option) implements AddedOptions {

        @Override
        public List<String> options(JvmProcess self) {
            List<String> options = new ArrayList<>(optionsOfLimits(spec));
            options.add(option);
            return options;
        }

        @Override
        public List<String> defaults() {
            return List.of();
        }
    }

    static @Nullable JavaCommand relocated(LaunchSpec spec, AddedOptions added, List<String> problems) {
        try {
            JvmProcess self = JvmProcess.current();
            return JavaCommandLine.relocate(
                    self,
                    EnvironmentChange.apply(spec.environment(), self.environment()),
                    new OptionChanges(
                            ByteString.encodeAll(spec.launcherOptions()), added.options(self), added.defaults()));
        } catch (ByteString.UnencodableException amongTheProblems) {
            return null;
        } catch (CommandLineException e) {
            problems.addAll(e.problems());
            return null;
        } catch (IOException e) {
            problems.add(unreadable(e));
            return null;
        } catch (UncheckedIOException e) {
            problems.add(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static String nameOf(IOException e) {
        String file = e instanceof FileSystemException failure ? failure.getFile() : null;
        return file == null || !file.startsWith(SELF) ? "" : file.substring(SELF.length());
    }

    /** A JVM would raise its soft limit of files to the hard one. */
    static List<String> optionsOfLimits(LaunchSpec spec) {
        for (ProcessContext.Limit limit : spec.context().limits()) {
            if (limit.resource() == Libc.RLIMIT_NOFILE()) {
                return List.of("-XX:-MaxFDLimit");
            }
        }
        return List.of();
    }

    /** Runs the start under the pidfile's lock, if there is a pidfile, and removes the pidfile if the start fails. */
    private StartResult withLock() {
        try (Posix posix = Posix.open()) {
            if (spec.pidfile().isEmpty()) {
                return attempt(posix, Optional.empty());
            }
            Path path = spec.pidfile().get();
            Runnable waiting = new Runnable() {
                @Override
                public void run() {
                    asker.progress().waitingFor("whoever locked " + path + " to write its pid", LockAttempt.PATIENCE);
                }
            };
            LockAttempt attempt = LockAttempt.at(posix, path, spec.makePidfileDirectory(), waiting);
            if (attempt instanceof LockAttempt.Held held) {
                return new StartResult.AlreadyRunning(held.pid(), path);
            }
            return underLock(posix, ((LockAttempt.Acquired) attempt).pidfile());
        } catch (PidfileException e) {
            return new StartResult.Refused(List.of(e.getMessage()));
        }
    }

    private StartResult inWorkingDirectory(Posix posix, Optional<LockedPidfile> pidfile) {
        try (WorkingDirectory directory = WorkingDirectory.make(posix, spec, context.identity())) {
            StartResult result = prepared.start(posix, pidfile);
            if (result instanceof StartResult.Started) {
                directory.keep();
            }
            return result;
        }
    }

    private StartResult underLock(Posix posix, LockedPidfile pidfile) {
        try (pidfile) {
            StartResult result = attempt(posix, Optional.of(pidfile));
            if (result instanceof StartResult.Failed failed && failed.isOver()) {
                pidfile.remove();
            }
            return result;
        }
    }

    private StartResult attempt(Posix posix, Optional<LockedPidfile> pidfile) {
        try {
            return inWorkingDirectory(posix, pidfile);
        } catch (SystemCallException e) {
            return new StartResult.Failed(e.getMessage() + e.advice(), Optional.of(e), true);
        } catch (RefusedContextException e) {
            return new StartResult.Failed(e.getMessage() + ".", Optional.of(e), true);
        } catch (UncheckedIOException e) { // of /proc
            return new StartResult.Failed(String.valueOf(e.getMessage()), Optional.of(e), true);
        } catch (RefusedSocketException e) {
            return new StartResult.Failed(String.valueOf(e.getMessage()), Optional.of(e), true);
        }
    }
}
