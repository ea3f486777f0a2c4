package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daemonspec.internal.launch.commandline.JavaCommand;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.FileErrno;
import org.jspecify.annotations.Nullable;

/**
 * A program to execute, ready for execve(2): all of it as byte strings.
 *
 * @param path where it is
 * @param arguments its name first
 * @param environment as {@code NAME=value}
 */
public record Program(String path, List<String> arguments, List<String> environment) {

    /** Where execvp(3) looks if there is no PATH. */
    static final String DEFAULT_PATH = "/bin:/usr/bin";

    private static volatile @Nullable List<String> ownBlock;

    /** The program with the specification's environment; empty if there are problems, which are added to the list. */
    public static Optional<Program> find(LaunchSpec spec, List<String> command, List<String> problems) {
        command.forEach(argument -> MachineCheck.checkText("exec", argument, problems));
        Map<String, String> own = environment(problems);
        Optional<String> path = find(spec, command.getFirst(), own.getOrDefault("PATH", DEFAULT_PATH), problems);
        if (path.isEmpty() || !problems.isEmpty()) {
            return Optional.empty();
        }
        List<String> arguments = ByteString.encodeAll(command);
        List<String> environment = block(spec.environment(), own);
        return Optional.of(new Program(path.get(), arguments, environment));
    }

    private static List<String> block(List<EnvironmentChange> changes, Map<String, String> own) {
        return EnvironmentChange.isChanged(changes, own)
                ? EnvironmentChange.toBlock(EnvironmentChange.apply(changes, own))
                : ownBlock(own);
    }

    /** This process's own environment, which most programs get as it is, is put together once. */
    private static List<String> ownBlock(Map<String, String> own) {
        List<String> known = ownBlock;
        if (known == null) {
            known = List.copyOf(EnvironmentChange.toBlock(own));
            ownBlock = known;
        }
        return known;
    }

    /** A JVM as a program. */
    static Program of(JavaCommand command) {
        List<String> arguments = new ArrayList<>(List.of(command.executable()));
        arguments.addAll(command.arguments());
        return new Program(command.executable(), arguments, EnvironmentChange.toBlock(command.environment()));
    }

    private static Optional<String> find(LaunchSpec spec, String program, String searchPath, List<String> problems) {
        try {
            Optional<Path> root = spec.context().root();
            Optional<String> path = root.isEmpty()
                    ? ProgramPath.find(ByteString.encode(program), searchPath)
                    : ProgramPath.find(
                            ByteString.encode(program),
                            searchPath,
                            ByteString.of(spec.workingDirectory()),
                            ByteString.of(root.get()));
            if (path.isEmpty()) {
                problems.add("exec " + program + ": ENOENT (not in PATH " + ByteString.decode(searchPath)
                        + root.map(directory -> " in the root directory " + directory)
                                .orElse("")
                        + "); install it or name its path.");
            }
            return path;
        } catch (ByteString.UnencodableException amongTheProblems) {
            return Optional.empty();
        }
    }

    private static Map<String, String> environment(List<String> problems) {
        try {
            return JvmProcess.environmentOfThisProcess();
        } catch (IOException e) {
            problems.add("read /proc/self/environ: " + FileErrno.of(e) + "; see that /proc is mounted, and whole.");
            return Map.of();
        }
    }
}
