package org.daemonspec.internal.launch.commandline;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A command line that has been made fit for any directory stays as it is when that is done again, somewhere else. */
public final class JavaCommandLineFuzz {

    private static final List<String> WORDS = List.of(
            "-cp",
            "--class-path",
            "--class-path=lib",
            "-jar",
            "-m",
            "--module",
            "--module=m/C",
            "--module-path",
            "-p",
            "--source",
            "--disable-@files",
            "--add-opens",
            "-Djava.class.path=x",
            "-Dorg.daemonspec.daemon=5:00",
            "-XX:AOTCache=a",
            "-XX:Flags=f",
            "-XX:VMOptionsFile=v",
            "-Xlog:gc:gc.log",
            "-javaagent:a.jar=x",
            "-agentlib:jdwp=server=y,address=5005",
            "-Dcom.sun.management.jmxremote.port=9",
            "a.java",
            "org.Main",
            "@file",
            "lib/*:b.jar");

    /** The launcher takes no main class from a variable. */
    private static final List<String> VARIABLE_OPTIONS = List.of(
            "",
            "-cp lib",
            "--class-path=lib 'a b'",
            "-Da=\"b c\" -XX:ErrorFile=x",
            "-Xlog:gc:gc.log",
            "-javaagent:a.jar",
            "--module-path lib",
            "--disable-@files",
            "-Dorg.daemonspec.daemon=5:00",
            "-agentlib:jdwp=server=y,address=5005");

    private JavaCommandLineFuzz() {}

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        Map<String, String> environment = new TreeMap<>();
        for (String name : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH")) {
            if (data.consumeBoolean()) {
                environment.put(name, name.equals("CLASSPATH") ? word(data) : data.pickValue(VARIABLE_OPTIONS));
            }
        }
        List<String> arguments = new ArrayList<>();
        while (data.remainingBytes() > 0) {
            arguments.add(word(data));
        }
        try {
            JavaCommand once = relocate(arguments, environment, "/nowhere");
            if (!runs(once)) {
                return;
            }
            JavaCommand twice = relocate(once.arguments(), once.environment(), "/elsewhere");
            if (!twice.arguments().equals(once.arguments())
                    || !twice.environment().equals(once.environment())) {
                throw new AssertionError(arguments + " with " + environment + " became " + once + " and then " + twice);
            }
        } catch (CommandLineException e) {
            if (e.problems().isEmpty()) {
                throw new AssertionError("no reason", e);
            }
        }
    }

    private static JavaCommand relocate(List<String> arguments, Map<String, String> environment, String directory)
            throws CommandLineException {
        return JavaCommandLine.relocate(
                new JvmProcess("/usr/bin/java", arguments, environment, directory), environment, OptionChanges.NONE);
    }

    /** Not what no JVM runs with: an empty name of a class, one that begins with {@code @}, or two words as one. */
    private static String word(FuzzedDataProvider data) {
        if (data.consumeBoolean()) {
            return data.pickValue(WORDS);
        }
        String word =
                new String(data.consumeBytes(data.consumeInt(1, 40)), StandardCharsets.ISO_8859_1).replace("\0", "");
        return word.isEmpty() || word.startsWith("--source ") || word.startsWith("@@") ? "x" : word;
    }

    /** Not with a class or option whose name begins with {@code @}, nor with a version of the language that has a blank in it. */
    private static boolean runs(JavaCommand command) {
        return command.arguments().stream()
                .noneMatch(word -> word.startsWith("@") || (word.startsWith("--source") && word.contains(" ")));
    }
}
