package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.daemonspec.internal.launch.commandline.CommandLineException;
import org.daemonspec.internal.launch.commandline.JavaCommand;
import org.daemonspec.internal.launch.commandline.JavaCommandLine;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.pidfile.LockAttempt;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;
import org.jspecify.annotations.Nullable;

/**
 * The launcher's half of a start: check, lock, open, spawn, write the pid, wait.
 *
 * <p>The lock is taken before anything else is touched and lives on in the daemon's descriptor without a gap. Whatever
 * fails, the result says so in a sentence, and neither process nor pidfile stays behind.
 */
public final class Launch {

    private Launch() {}

    /** Makes any program a daemon: {@code command} is its name or path, and its arguments. */
    public static StartResult program(LaunchSpec spec, List<String> command) {
        List<String> problems = MachineCheck.problems(spec);
        Map<String, String> own = environment(problems);
        Optional<Path> program = ProgramPath.find(command.getFirst(), searchPath(own));
        if (program.isEmpty()) {
            problems.add("exec " + command.getFirst() + ": ENOENT (not in PATH " + searchPath(own)
                    + "); install it or name its path.");
        }
        command.forEach(argument -> MachineCheck.checkText("exec", argument, problems));
        if (!problems.isEmpty()) {
            return new StartResult.Refused(problems);
        }
        List<String> environment = EnvironmentChange.toBlock(EnvironmentChange.apply(spec.environment(), own));
        List<String> arguments = command.stream().map(ByteString::encode).toList();
        String path = ByteString.of(program.orElseThrow());
        return withLock(
                spec, (posix, pidfile) -> new ProgramStart(posix, spec, pidfile).run(path, arguments, environment));
    }

    /** Makes this program a daemon: a second JVM with the same command line, in which main runs again. */
    public static StartResult thisProgram(LaunchSpec spec) {
        List<String> problems = MachineCheck.problems(spec);
        String nonce = Handoff.newNonce();
        JavaCommand command = relocated(spec, nonce, problems);
        if (command == null || !problems.isEmpty()) {
            return new StartResult.Refused(problems);
        }
        return withLock(spec, (posix, pidfile) -> new JvmStart(posix, spec, pidfile, nonce).run(command));
    }

    private static @Nullable JavaCommand relocated(LaunchSpec spec, String nonce, List<String> problems) {
        try {
            JvmProcess self = JvmProcess.current();
            return JavaCommandLine.relocate(
                    self, EnvironmentChange.apply(spec.environment(), self.environment()), options(spec, nonce, self));
        } catch (ByteString.UnencodableException amongTheProblems) {
            return null;
        } catch (CommandLineException e) {
            problems.addAll(e.problems());
            return null;
        } catch (IOException e) {
            problems.add("read /proc/self: " + e + "; mount /proc.");
            return null;
        }
    }

    private static List<String> options(LaunchSpec spec, String nonce, JvmProcess self) {
        List<String> options = new ArrayList<>();
        spec.jvmOptions().forEach(option -> options.add(ByteString.encode(option)));
        Module module = Launch.class.getModule();
        String callers = module.isNamed() ? module.getName() + ",org.daemonspec.bindings" : "ALL-UNNAMED";
        String nativeAccess = "--enable-native-access=" + callers;
        if (!self.arguments().contains(nativeAccess)) {
            options.add(nativeAccess);
        }
        options.add("-D" + Handoff.PROPERTY + "=" + nonce);
        return options;
    }

    private static Map<String, String> environment(List<String> problems) {
        try {
            return JvmProcess.environmentOfThisProcess();
        } catch (IOException e) {
            problems.add("read /proc/self/environ: " + e + "; mount /proc.");
            return Map.of();
        }
    }

    private static String searchPath(Map<String, String> environment) {
        return ByteString.decode(environment.getOrDefault("PATH", "/usr/local/bin:/bin:/usr/bin"));
    }

    /** Runs a start under the pidfile's lock, if there is a pidfile, and removes the pidfile if the start fails. */
    private static StartResult withLock(
            LaunchSpec spec, BiFunction<Posix, Optional<LockedPidfile>, StartResult> start) {
        try (Posix posix = Posix.open()) {
            if (spec.pidfile().isEmpty()) {
                return attempt(() -> start.apply(posix, Optional.empty()));
            }
            Path path = spec.pidfile().get();
            return switch (LockAttempt.at(posix, path)) {
                case LockAttempt.Held(OptionalLong pid) -> new StartResult.AlreadyRunning(pid, path);
                case LockAttempt.Acquired(LockedPidfile pidfile) ->
                    underLock(pidfile, () -> start.apply(posix, Optional.of(pidfile)));
            };
        } catch (PidfileException e) {
            return new StartResult.Refused(List.of(e.getMessage()));
        }
    }

    private static StartResult underLock(LockedPidfile pidfile, Supplier<StartResult> start) {
        try (pidfile) {
            StartResult result = attempt(start);
            if (result instanceof StartResult.Failed) {
                pidfile.remove();
            }
            return result;
        }
    }

    private static StartResult attempt(Supplier<StartResult> start) {
        try {
            return start.get();
        } catch (SystemCallException e) {
            return new StartResult.Failed(e.getMessage() + adviceFor(e), Optional.of(e));
        }
    }

    private static String adviceFor(SystemCallException e) {
        if (e.is(Errno.E2BIG)) {
            return "; shorten the command line or the environment, or move options to an @argfile.";
        }
        if (e.is(Errno.EAGAIN) || e.is(Errno.ENOMEM)) {
            return "; raise RLIMIT_NPROC or the memory limit of this user or container.";
        }
        if (e.is(Errno.EMFILE) || e.is(Errno.ENFILE)) {
            return "; raise RLIMIT_NOFILE (ulimit -n).";
        }
        if (e.is(Errno.ENOEXEC)) {
            return "; it is no program: a script needs a first line such as #!/bin/sh.";
        }
        return "; see the man page of the call.";
    }
}
