package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.daemonspec.internal.launch.commandline.CommandLineException;
import org.daemonspec.internal.launch.commandline.JavaCommand;
import org.daemonspec.internal.launch.commandline.JavaCommandLine;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.launch.commandline.OptionChanges;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.FileErrno;
import org.daemonspec.internal.posix.NativeAccess;

/**
 * How somebody else starts this program, from whatever directory and in an environment of which nothing is known: to be written
 * to a file, so as text in UTF-8 rather than byte strings.
 *
 * @param java the executable, absolute
 * @param options all of the JVM's, up to the main class, jar or module, which is the last
 * @param arguments the program's own
 */
public record OwnProgram(String java, List<String> options, List<String> arguments) {

    public OwnProgram {
        options = List.copyOf(options);
        arguments = List.copyOf(arguments);
    }

    /**
     * This process's program with the specification's JVM options.
     *
     * @param problems to which what is wrong is added; then the result is no use
     */
    public static OwnProgram of(LaunchSpec spec, List<String> problems) {
        try {
            JvmProcess self = JvmProcess.current();
            JavaCommand command = JavaCommandLine.relocate(
                    self,
                    environment(spec),
                    new OptionChanges(
                            ByteString.encodeAll(spec.launcherOptions()), options(spec, self), crashFiles(spec)));
            int end = command.arguments().size()
                    - JavaCommandLine.applicationArguments(self).size();
            List<String> words = texts(command.arguments(), problems);
            return new OwnProgram(
                    text(command.executable(), problems), words.subList(0, end), words.subList(end, words.size()));
        } catch (CommandLineException e) {
            problems.addAll(e.problems());
        } catch (ByteString.UnencodableException e) {
            problems.add(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            problems.add("read /proc/self: " + FileErrno.of(e) + "; see that /proc is mounted, and whole.");
        }
        return new OwnProgram("", List.of(), List.of());
    }

    /** Options that this process has in variables move to the command line, since nobody sets the variables there. */
    private static Map<String, String> environment(LaunchSpec spec) {
        return EnvironmentChange.apply(
                spec.environment().stream()
                        .filter(change -> !(change instanceof EnvironmentChange.File))
                        .toList(),
                Map.of());
    }

    private static List<String> options(LaunchSpec spec, JvmProcess self) {
        List<String> options = new ArrayList<>();
        options.addAll(ByteString.encodeAll(spec.jvmOptions()));
        if (!self.arguments().contains(NativeAccess.option())) {
            options.add(NativeAccess.option());
        }
        options.addAll(Launch.optionsOfLimits(spec));
        return options;
    }

    /** Only where they were asked for: which other directory can be written is not known before it runs. */
    private static List<String> crashFiles(LaunchSpec spec) {
        return spec.crashDirectory().isPresent() ? CrashFiles.options(spec, Credentials.ofThisProcess()) : List.of();
    }

    private static List<String> texts(List<String> byteStrings, List<String> problems) {
        return byteStrings.stream().map(word -> text(word, problems)).toList();
    }

    private static String text(String byteString, List<String> problems) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(byteString.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            problems.add("argument '" + ByteString.decode(byteString)
                    + "': it is not UTF-8, which the generated files have to be; rename what it names.");
            return "";
        }
    }
}
