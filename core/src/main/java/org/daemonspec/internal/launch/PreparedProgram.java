package org.daemonspec.internal.launch;

import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.posix.ProcessContext;

/**
 * A program that can be executed, and as what.
 *
 * @param program what to execute; empty if there are problems
 * @param context what the process shall be
 */
public record PreparedProgram(Optional<Program> program, ProcessContext context) {

    /** The program of a command; empty if there are problems, which are added to the list. */
    public static PreparedProgram find(LaunchSpec spec, List<String> command, List<String> problems) {
        problems.addAll(KindCheck.ofProgram(spec));
        ResolvedContext context = ContextCheck.resolve(spec.context(), spec.workingDirectory(), problems);
        return new PreparedProgram(
                Program.find(spec.prepared(context, problems), command, problems), context.process());
    }

    /** The same with another argument in the place of one. */
    public PreparedProgram replacing(String argument, String by) {
        return new PreparedProgram(
                program.map(original -> new Program(
                        original.path(),
                        original.arguments().stream()
                                .map(each -> each.equals(argument) ? by : each)
                                .toList(),
                        original.environment())),
                context);
    }
}
