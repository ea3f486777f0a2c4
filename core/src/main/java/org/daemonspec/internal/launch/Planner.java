package org.daemonspec.internal.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.control.Seconds;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.pidfile.PidfileState;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.socket.Activation;
import org.daemonspec.internal.socket.RefusedSocketException;
import org.daemonspec.internal.socket.SocketSpec;

/**
 * Writes down what a start would do, without doing it. Each problem begins with the name of the setting that it is about, and
 * stands under the step that the setting belongs to.
 */
final class Planner {

    private final LaunchSpec spec;
    private final List<String> problems;
    private final List<Plan.Step> steps = new ArrayList<>();

    private Planner(LaunchSpec spec, List<String> problems) {
        this.spec = spec;
        this.problems = new ArrayList<>(problems);
    }

    /**
     * The plan of another program's start.
     *
     * @param context what the process would be
     * @param program what would be executed; empty if a problem is in the way
     */
    static Plan ofProgram(LaunchSpec spec, List<String> problems, ProcessContext context, Optional<Program> program) {
        return of(spec, problems, context, Optional.empty(), program, false);
    }

    /**
     * The plan of a task's start, which says when it is ready.
     *
     * @param context what the process would be
     * @param cache what its JVM would find linked already, if that was asked for
     * @param program what would be executed; empty if a problem is in the way
     */
    static Plan ofTask(
            LaunchSpec spec,
            List<String> problems,
            ProcessContext context,
            Optional<FoundCache> cache,
            Optional<Program> program) {
        return of(spec, problems, context, cache, program, true);
    }

    private static Plan of(
            LaunchSpec spec,
            List<String> problems,
            ProcessContext context,
            Optional<FoundCache> cache,
            Optional<Program> program,
            boolean isTask) {
        Planner planner = new Planner(spec, problems);
        if (context.identity().isPresent() && program.isPresent()) {
            planner.problems.addAll(Prospects.of(spec, context.identity().get(), program.get(), isTask));
        }
        spec.pidfile().ifPresent(planner::lock);
        planner.open();
        planner.listen(context, List.of());
        planner.step("make a process in a session of its own, without a controlling terminal, with umask "
                + octal(spec.umask()) + ", every signal at its default and unblocked");
        planner.become(context, isTask);
        cache.ifPresent(found -> planner.step(found.outcome(), "aotCache"));
        program.ifPresentOrElse(
                planner::execute, () -> planner.step("execute the program", "exec", "jvmOptions", "launcherOptions"));
        spec.pidfile().ifPresent(pidfile -> planner.step("write its pid to " + pidfile));
        planner.step(
                isTask
                        ? "wait until it is ready, at most " + Seconds.of(spec.readyTimeout())
                        : "be done when its execve has succeeded");
        return planner.plan();
    }

    /**
     * The plan of a start that stays in this process.
     *
     * @param other what this process would execute to become what it shall be; empty if it is that already
     * @param isTask whether it is a task of this program, which says when it is ready
     */
    static Plan inForeground(LaunchSpec spec, List<String> problems, Optional<PreparedProgram> other, boolean isTask) {
        Planner planner = new Planner(spec, problems);
        spec.pidfile().ifPresent(planner::lock);
        planner.step("set the umask to " + octal(spec.umask()));
        if (isTask) {
            planner.listen(
                    other.map(PreparedProgram::context).orElse(ProcessContext.INHERITED), planner.givenSockets());
        }
        other.ifPresent(prepared -> {
            planner.become(prepared.context(), isTask);
            prepared.program().ifPresent(planner::execute);
        });
        planner.step(isTask ? "run the task, in this process" : "be that program, in this process");
        return planner.plan();
    }

    private Plan plan() {
        if (!problems.isEmpty()) {
            steps.addFirst(new Plan.Step("check the specification", problems));
        }
        return new Plan(spec.name(), steps);
    }

    private void step(String action, String... settings) {
        List<String> own = new ArrayList<>();
        for (String setting : settings) {
            problems.stream()
                    .filter(problem -> problem.startsWith(setting + " ") || problem.startsWith(setting + ":"))
                    .forEach(own::add);
        }
        problems.removeAll(own);
        steps.add(new Plan.Step(action, own));
    }

    private void lock(Path pidfile) {
        String how = Files.exists(pidfile) ? "" : ", which is made with mode 0644";
        if (spec.makePidfileDirectory()
                && !Files.exists(pidfile.toAbsolutePath().getParent())) {
            how += " as its directory is with mode 0755";
        }
        step("lock the pidfile " + pidfile + how, "pidfile", "createPidfileDirectory");
        pidfileProblem(pidfile).ifPresent(problem -> {
            Plan.Step step = steps.removeLast();
            List<String> all = new ArrayList<>(step.problems());
            all.add(problem);
            steps.add(new Plan.Step(step.action(), all));
        });
    }

    /** A look at the file changes nothing. */
    private Optional<String> pidfileProblem(Path pidfile) {
        try (Posix posix = Posix.open()) {
            return PidfileState.of(posix, pidfile) instanceof PidfileState.Locked locked
                    ? Optional.of(new StartResult.AlreadyRunning(locked.pid(), pidfile).sentence(spec.name()))
                    : Optional.empty();
        } catch (PidfileException | SystemCallException e) {
            return problems.stream().anyMatch(problem -> problem.startsWith("pidfile"))
                    ? Optional.empty()
                    : Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void open() {
        spec.workingDirectoryMode()
                .ifPresent(mode -> step(
                        "make the working directory " + spec.workingDirectory() + ", unless it is there, with mode "
                                + octal(mode),
                        "createWorkingDirectory"));
        step("open stdin: " + input(spec.stdin()), "stdin");
        step("open stdout: " + output(spec.stdout()), "stdout", "logMode", "rotateLogs", "syslog", "journal");
        step("open stderr: " + output(spec.stderr()), "stderr");
        if (!spec.preserved().isEmpty()) {
            step("hand over descriptors " + spec.preserved() + "; close all others", "preserve");
        }
    }

    /** What a supervisor has opened for this process; what is not clear about it is a problem. */
    private List<Optional<String>> givenSockets() {
        try (Posix posix = Posix.open()) {
            return Activation.describe(posix, spec.sockets());
        } catch (RefusedSocketException e) {
            problems.add(String.valueOf(e.getMessage()));
            return List.of();
        }
    }

    private void listen(ProcessContext context, List<Optional<String>> given) {
        for (int i = 0; i < spec.sockets().size(); i++) {
            SocketSpec socket = spec.sockets().get(i);
            Optional<String> found = i < given.size() ? given.get(i) : Optional.empty();
            String action = "listen on " + socket.text() + " (" + socket.name() + ")";
            if (found.isPresent()) {
                step(action + ": the socket " + found.get() + ", which was opened for this process");
            } else {
                if (problems.stream().noneMatch(problem -> problem.startsWith("listen " + socket.text() + ":"))) {
                    problems.addAll(SocketProspects.of(spec, socket, context.identity()));
                }
                step(action + (socket.isUnix() ? file(socket) : ""), "listen " + socket.text());
            }
        }
    }

    private String file(SocketSpec socket) {
        Optional<String> owner = socket.owner().or(() -> spec.context().user());
        Optional<String> group = socket.group().or(() -> spec.context().group());
        return ", with mode " + octal(socket.mode().orElse(SocketSpec.DEFAULT_MODE))
                + owner.map(user -> " for " + user).orElse("")
                + group.map(name -> " and group " + name).orElse("");
    }

    private static String input(StandardStream stream) {
        return stream instanceof StandardStream.File(Path path) ? path + " to read" : "/dev/null";
    }

    private String output(StandardStream stream) {
        return switch (stream) {
            case StandardStream.Null() -> "/dev/null";
            case StandardStream.SameAsStdout() -> "the same as stdout";
            case StandardStream.Syslog syslog -> "syslog, " + syslog.facility();
            case StandardStream.Journal journal -> "the journal";
            case StandardStream.File(Path path) ->
                path + " to append to"
                        + (Files.exists(path)
                                ? ""
                                : ", which is made with mode "
                                        + octal(spec.logs().mode())
                                        + spec.context()
                                                .user()
                                                .map(user -> " for " + user)
                                                .orElse(""));
        };
    }

    private void become(ProcessContext context, boolean isTask) {
        List<String> calls = context.calls();
        calls.forEach(call -> step(call, settingsOf(call)));
        if (!calls.isEmpty()) {
            step("prove from /proc that the process is all that, or end it");
        }
        if (spec.context().root().isEmpty()) {
            step("enter the working directory " + spec.workingDirectory(), "workingDirectory");
        }
        context.laterLimits()
                .forEach(limit -> step(
                        "prlimit " + limit.name() + " " + limit.values() + ", once it has memory of its own",
                        "limit " + limit.name()));
        spec.context()
                .dumpable()
                .ifPresent(dumpable -> step("prctl PR_SET_DUMPABLE " + (dumpable ? 1 : 0), "dumpable"));
        if (isTask) {
            spec.context().processName().ifPresent(name -> step("name the process " + name, "processName"));
        }
    }

    /** A call's words begin with its name. */
    private static String[] settingsOf(String call) {
        String[] words = call.split(" ", -1);
        return switch (words[0]) {
            case "prlimit" -> new String[] {"limit " + words[1]};
            case "setpriority" -> new String[] {"nice"};
            case "ioprio_set" -> new String[] {"ioPriority"};
            case "sched_setscheduler" -> new String[] {"scheduling"};
            case "sched_setaffinity" -> new String[] {"cpuAffinity"};
            case "setgroups" -> new String[] {"supplementaryGroups", "group"};
            case "setresuid" -> new String[] {"user"};
            case "capset" -> new String[] {"keepCapabilities"};
            case "chroot" -> new String[] {"chroot"};
            case "chdir" -> new String[] {"workingDirectory"};
            case "write" -> new String[] {"oomScoreAdjust"};
            default -> new String[0];
        };
    }

    private void execute(Program program) {
        step(
                "execute " + ByteString.decode(program.path()) + " "
                        + ByteString.decode(String.join(
                                " ",
                                program.arguments()
                                        .subList(1, program.arguments().size())))
                        + " with " + program.environment().size() + " variables",
                "exec",
                "jvmOptions",
                "launcherOptions",
                "crashDirectory",
                "environment",
                "environmentFile");
    }

    private static String octal(int mode) {
        return "0" + Integer.toOctalString(mode);
    }
}
