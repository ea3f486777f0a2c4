package org.daemonspec.internal.command;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.daemonspec.internal.command.CommandWords.Option;
import org.daemonspec.internal.command.CommandWords.UsageException;
import org.daemonspec.internal.command.Terminal.Colour;
import org.daemonspec.internal.control.Await;
import org.daemonspec.internal.control.Seconds;
import org.daemonspec.internal.control.SendSignal;
import org.daemonspec.internal.control.Stop;
import org.daemonspec.internal.control.StopStep;
import org.daemonspec.internal.inspect.Inspector;
import org.daemonspec.internal.launch.Asker;
import org.daemonspec.internal.launch.Launch;
import org.daemonspec.internal.launch.LaunchSpec;
import org.daemonspec.internal.launch.Plan;
import org.daemonspec.internal.launch.Rehearsal;
import org.daemonspec.internal.launch.RestartResult;
import org.daemonspec.internal.launch.StartResult;
import org.daemonspec.internal.launch.Training;
import org.daemonspec.internal.launch.Unfinished;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.posix.NativeAccess;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;
import org.jspecify.annotations.Nullable;

/**
 * Does what the words of a command line say: outcomes go to stdout and errors to stderr, a line each, and the exit code is
 * the LSB's.
 */
public final class CommandFace {

    /** What the daemon is. */
    public enum Kind {
        /** A task of this program: SIGHUP makes it reload. */
        TASK,
        /** Another program, of which nobody knows what SIGHUP does to it. */
        PROGRAM
    }

    /** What can be started. */
    public interface Service {

        /** Prepares a start for whoever asks for it. */
        Launch launch(Asker asker);

        /** Whether a start stays in this process. */
        boolean staysHere();

        /** Does the work in this process; does not return. */
        void run();

        /** What a start would do. */
        Plan plan();

        /** Is the daemon in this JVM, which is recorded, and stops; does not return. */
        void rehearse();
    }

    private static final long MEGABYTE = 1_000_000;
    private static final Duration LONGEST_IN_MILLISECONDS = Duration.ofSeconds(10);

    private final LaunchSpec spec;
    private final Path pidfile;
    private final Kind kind;
    private final Service service;
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final ProgressLine progress;
    private final Asker asker;
    private @Nullable Terminal terminal;

    /** A command face. */
    public CommandFace(LaunchSpec spec, Kind kind, Service service) {
        this.spec = spec;
        this.pidfile = spec.pidfile().orElseThrow().toAbsolutePath();
        this.kind = kind;
        this.service = service;
        this.progress = new ProgressLine(spec.name(), err, new BooleanSupplier() {
            @Override
            public boolean getAsBoolean() {
                return terminal().hasProgress();
            }
        });
        this.asker = new Asker(
                progress,
                new Consumer<>() {
                    @Override
                    public void accept(Stop.Result.Stopped stopped) {
                        sayStopped(stopped);
                    }
                },
                true);
    }

    /** Does what the words say; the exit code. */
    public int obey(String... words) {
        CommandWords command;
        try {
            command = CommandWords.parse(words);
        } catch (UsageException e) {
            err.println(spec.name() + ": " + e.getMessage() + "; " + spec.name() + " --help explains the commands.");
            err.println(Help.usage(spec));
            return ExitCode.USAGE;
        }
        if (command.verb().callsNatively()) {
            NativeAccess.prepareInBackground();
        }
        return switch (command.verb()) {
            case START -> service.staysHere() ? run() : start(command.has(Option.IF_NEEDED));
            case STOP -> stop();
            case RESTART -> report(service.launch(asker).restart());
            case TRY_RESTART -> report(service.launch(asker).restartIfRunning());
            case RELOAD -> reload();
            case FORCE_RELOAD -> forceReload();
            case STATUS ->
                command.has(Option.INSPECT) ? inspect(command.has(Option.JSON)) : status(command.has(Option.JSON));
            case PLAN -> plan();
            case RUN -> run();
            case TRAIN -> train(command);
            case GENERATE -> new Generate(spec, kind == Kind.TASK, out, err).obey(List.of(words), command.file());
            case HELP -> {
                out.print(Help.text(spec));
                yield ExitCode.OK;
            }
        };
    }

    private int run() {
        service.run();
        return ExitCode.OK;
    }

    private int train(CommandWords command) {
        if (kind == Kind.PROGRAM) {
            return complain(
                    ExitCode.UNIMPLEMENTED, "train is not implemented: another program has no use for a JVM's cache.");
        }
        if (Rehearsal.isProof()) {
            status(false);
            return ExitCode.OK;
        }
        return Rehearsal.isRecorded() ? rehearse(command) : report(System.nanoTime(), Training.run(spec, progress));
    }

    /** What people do most often with it; a start leaves this process, whoever looks after it. */
    private int rehearse(CommandWords command) {
        service.staysHere();
        int launched = rehearseLauncher(command);
        if (launched == ExitCode.OK) {
            service.rehearse();
        }
        return launched;
    }

    /** Asks for an option that this command has not, so that their class is in the cache, too. */
    private int rehearseLauncher(CommandWords command) {
        try (Unfinished unfinished = Unfinished.open()) {
            int started = unfinished.isToldToEnd() ? ExitCode.NOT_RUNNING : start(command.has(Option.IF_NEEDED));
            if (started != ExitCode.OK) {
                return started;
            }
            if (!unfinished.isToldToEnd()) {
                start(false);
                status(false);
            }
            int stopped = stop();
            return stopped == ExitCode.OK && unfinished.isToldToEnd() ? ExitCode.NOT_RUNNING : stopped;
        }
    }

    private int report(long begin, Training.Result result) {
        return switch (result) {
            case Training.Result.Trained(Path cache, long bytes) ->
                say(
                        ExitCode.OK,
                        terminal().paint(Colour.GREEN, "trained") + " " + cache + " (" + bytes / MEGABYTE + " MB, "
                                + duration(Duration.ofNanos(System.nanoTime() - begin)) + ")");
            case Training.Result.Running(StartResult.AlreadyRunning instance) ->
                complainIn(
                        instance.sentence(spec.name()) + " A training starts it: stop it first.",
                        ExitCode.GENERIC_ERROR);
            case Training.Result.Refused(List<String> problems) ->
                complainIn(
                        new StartResult.Refused(problems).sentence(spec.name()).replace("not started", "not trained"),
                        ExitCode.NOT_CONFIGURED);
            case Training.Result.Failed(String reason) -> complain(ExitCode.NOT_RUNNING, "not trained: " + reason);
        };
    }

    private int start(boolean ifNeeded) {
        long begin = System.nanoTime();
        while (true) {
            Optional<StartResult.AlreadyRunning> plainly = Launch.plainlyRunning(spec);
            StartResult result =
                    plainly.isPresent() ? plainly.get() : service.launch(asker).start();
            if (!ifNeeded || !(result instanceof StartResult.AlreadyRunning running)) {
                return report(result, begin);
            }
            Duration left = spec.readyTimeout().minusNanos(System.nanoTime() - begin);
            Optional<Integer> exitCode = awaitReady(running, left);
            if (exitCode.isPresent()) {
                return exitCode.get();
            }
        }
    }

    /** It runs, which is fine, once it is ready; empty if it has ended instead, so that another start is needed. */
    private Optional<Integer> awaitReady(StartResult.AlreadyRunning running, Duration most) {
        progress.waitingFor("the daemon that was started before to be ready", spec.readyTimeout());
        PidfileState state =
                Await.state(pidfile, now -> !(now instanceof PidfileState.Locked locked) || !locked.starting(), most);
        if (!(state instanceof PidfileState.Locked locked)) {
            return Optional.empty();
        }
        if (locked.starting()) {
            return Optional.of(complain(
                    ExitCode.NOT_RUNNING,
                    "still being started by somebody else after " + Seconds.of(spec.readyTimeout())
                            + " (readyTimeout); see its log."));
        }
        progress.clear();
        out.println(new StartResult.AlreadyRunning(locked.pid(), running.pidfile()).sentence(spec.name()));
        return Optional.of(ExitCode.OK);
    }

    private int report(StartResult result, long begin) {
        if (result instanceof StartResult.Started started) {
            for (String notice : started.notices()) {
                complain(ExitCode.OK, notice);
            }
            return say(
                    ExitCode.OK,
                    terminal().paint(Colour.GREEN, "started") + " (pid " + started.pid() + ", "
                            + duration(Duration.ofNanos(System.nanoTime() - begin)) + ")");
        }
        if (result instanceof StartResult.AlreadyRunning running) {
            return complainIn(running.sentence(spec.name()), ExitCode.GENERIC_ERROR);
        }
        return result instanceof StartResult.Refused refused
                ? complainIn(refused.sentence(spec.name()), ExitCode.NOT_CONFIGURED)
                : complainIn(((StartResult.Failed) result).sentence(spec.name()), ExitCode.NOT_RUNNING);
    }

    private int stop() {
        Stop.Result result = Stop.daemonOf(pidfile, spec.stopSchedule(), progress);
        if (result instanceof Stop.Result.Stopped stopped) {
            sayStopped(stopped);
            return ExitCode.OK;
        }
        return result instanceof Stop.Result.NotStopped not
                ? notDone("not stopped", not.reason(), not.denied())
                : say(ExitCode.OK, "not running");
    }

    private void sayStopped(Stop.Result.Stopped stopped) {
        StopStep first = spec.stopSchedule().getFirst();
        boolean atOnce = stopped.last().number() == first.number()
                && stopped.last().grace().equals(first.grace());
        say(
                ExitCode.OK,
                (atOnce
                                ? "stopped"
                                : terminal()
                                        .paint(
                                                Colour.YELLOW,
                                                "stopped by " + stopped.last().signal())) + " (pid " + stopped.pid()
                        + ", "
                        + duration(stopped.took()) + ")");
    }

    private int report(RestartResult result) {
        long now = System.nanoTime();
        return switch (result) {
            case RestartResult.Refused(List<String> problems) -> {
                int exitCode = report(new StartResult.Refused(problems), now);
                if (isRunning()) {
                    complain(exitCode, "what runs was left alone.");
                }
                yield exitCode;
            }
            case RestartResult.NotRunning() -> say(ExitCode.OK, "not running");
            case RestartResult.NotStopped not -> notDone("not restarted", not.reason(), not.denied());
            case RestartResult.Started started -> {
                int exitCode = report(started.start(), started.begin());
                if ((started.start() instanceof StartResult.Failed || started.start() instanceof StartResult.Refused)
                        && !isRunning()) {
                    started.predecessor()
                            .ifPresent(gone -> complain(
                                    exitCode,
                                    "process " + gone.pid() + " was stopped for the restart, so none runs now."));
                }
                yield exitCode;
            }
        };
    }

    private int reload() {
        return kind == Kind.PROGRAM
                ? complain(
                        ExitCode.UNIMPLEMENTED,
                        "reload is not implemented: nobody knows what the program does on SIGHUP; use restart.")
                : report(SendSignal.reload(pidfile, progress));
    }

    private int report(SendSignal.Result result) {
        return switch (result) {
            case SendSignal.Result.Sent(long pid) -> say(ExitCode.OK, "told to reload (pid " + pid + ")");
            case SendSignal.Result.NotRunning() -> complain(ExitCode.NOT_RUNNING, "not reloaded: it is not running.");
            case SendSignal.Result.NotSent not -> notDone("not reloaded", not.reason(), not.denied());
        };
    }

    private int forceReload() {
        return kind == Kind.TASK && SendSignal.isReloader(pidfile)
                ? reload()
                : report(service.launch(asker).restartIfRunning());
    }

    private int status(boolean json) {
        return print(look(), json);
    }

    private int print(StatusReport report, boolean json) {
        out.println(json ? report.json() : report.sentence(terminal()));
        return report.exitCode();
    }

    private int inspect(boolean json) {
        StatusReport report = look();
        if (report.state().orElse(null) instanceof PidfileState.Locked) {
            return new InspectedStatus(report, Inspector.inspect(pidfile)).print(json, terminal(), out);
        }
        return print(report, json); // there is nothing to inspect
    }

    private int plan() {
        Plan plan = service.plan();
        out.print(plan.text());
        if (plan.works()) {
            return ExitCode.OK;
        }
        return isRunning() ? ExitCode.GENERIC_ERROR : ExitCode.NOT_CONFIGURED;
    }

    private boolean isRunning() {
        return look().state().filter(PidfileState.Locked.class::isInstance).isPresent();
    }

    private StatusReport look() {
        try (Posix posix = Posix.open()) {
            return new StatusReport(spec.name(), pidfile, Optional.of(PidfileState.of(posix, pidfile)), "");
        } catch (PidfileException | SystemCallException | UnsupportedOperationException e) {
            return new StatusReport(spec.name(), pidfile, Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    /** Looked at when it is needed: a native call may have to wait for the first one of this JVM. */
    private Terminal terminal() {
        Terminal known = terminal;
        if (known == null) {
            known = Terminal.ofThisProcess();
            terminal = known;
        }
        return known;
    }

    private int notDone(String what, String reason, boolean denied) {
        return complain(denied ? ExitCode.NOT_ALLOWED : ExitCode.GENERIC_ERROR, what + ": " + reason + ".");
    }

    private int say(int exitCode, String outcome) {
        progress.clear();
        out.println(spec.name() + ": " + outcome);
        return exitCode;
    }

    private int complain(int exitCode, String complaint) {
        return complainIn(spec.name() + ": " + complaint, exitCode);
    }

    private int complainIn(String sentence, int exitCode) {
        progress.clear();
        err.println(sentence);
        return exitCode;
    }

    private static String duration(Duration time) {
        return time.compareTo(LONGEST_IN_MILLISECONDS) < 0
                ? time.toMillis() + " ms"
                : Math.round(time.toMillis() / 100.0) / 10.0 + " s";
    }
}
