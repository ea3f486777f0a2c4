package org.daemonspec.internal.launch.commandline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.daemonspec.internal.launch.commandline.JavaLaunch.Mode;
import org.jspecify.annotations.Nullable;

/**
 * Reads a command line as the {@code java} launcher does, libjli's args.c (argument files) and java.c (options).
 *
 * <p>The launcher puts the words of JDK_JAVA_OPTIONS before those of the command line; what they begin, such as
 * {@code --disable-@files}, goes on there. Since this JVM runs, errors that the launcher reports need no care here.
 */
final class JavaLaunchParser {

    /** Options whose value is the next word, and how the two begin when written as one. */
    private static final Map<String, String> VALUE_FOLLOWS = valueFollows();

    private final WorkingDirectory workingDirectory;
    private final Findings findings;
    private final OptionFiles files;

    private final List<String> applicationArguments = new ArrayList<>();
    private List<String> options = new ArrayList<>();
    private Mode mode = Mode.CLASS;
    private @Nullable String main;
    private @Nullable String awaitingValue;
    private boolean filesDisabled;

    JavaLaunchParser(WorkingDirectory workingDirectory, Findings findings, OptionFiles files) {
        this.workingDirectory = workingDirectory;
        this.findings = findings;
        this.files = files;
    }

    private static Map<String, String> valueFollows() {
        Map<String, String> joined = new HashMap<>();
        for (String name : List.of(
                "--class-path",
                "--describe-module",
                "--source",
                "--module-path",
                "--upgrade-module-path",
                "--add-modules",
                "--enable-native-access",
                "--limit-modules",
                "--add-exports",
                "--add-opens",
                "--add-reads",
                "--patch-module")) {
            joined.put(name, name + "=");
        }
        joined.put("-cp", "--class-path=");
        joined.put("-classpath", "--class-path=");
        joined.put("-p", "--module-path=");
        joined.put("-d", "--describe-module=");
        return Map.copyOf(joined);
    }

    JavaLaunch parse(String jdkJavaOptions, List<String> arguments) {
        for (String word : OptionString.parse(jdkJavaOptions)) {
            expandArgFile(word);
        }
        List<String> variableOptions = files.vmOptions(options);
        options = new ArrayList<>();
        for (String argument : arguments) {
            expandArgument(argument);
        }
        if (main == null) {
            findings.problem("java", "no main class found in this JVM's arguments; use exec(...) instead.");
            main = "";
        }
        return new JavaLaunch(mode, main, variableOptions, files.vmOptions(options), applicationArguments);
    }

    /** Of a first line such as {@code #!/bin/java --source 22 -cp lib} the kernel makes one argument, see execve(2). */
    private void expandArgument(String argument) {
        boolean inOptions = main == null && !filesDisabled;
        if (inOptions && argument.startsWith("--source") && argument.indexOf(' ') >= 0) {
            Pattern.compile("\\s+").splitAsStream(argument).forEach(this::expandArgFile);
        } else {
            expandArgFile(argument);
        }
    }

    private void expandArgFile(String word) {
        boolean literal = main != null || filesDisabled || !word.startsWith("@") || word.equals("@");
        if (literal) {
            accept(word);
        } else if (word.startsWith("@@")) {
            accept(word.substring(1));
        } else {
            for (String argument : files.argFile(word.substring(1))) {
                accept(argument);
            }
        }
    }

    private void accept(String word) {
        if (main != null) {
            applicationArguments.add(word);
        } else if (word.startsWith("-")) {
            acceptOption(word);
        } else if (awaitingValue != null) {
            options.add(awaitingValue + word);
            awaitingValue = null;
        } else {
            acceptMain(word);
        }
    }

    private void acceptOption(String word) {
        awaitingValue = VALUE_FOLLOWS.get(word);
        if (word.equals("--source") || word.startsWith("--source=")) {
            mode = Mode.SOURCE;
        }
        switch (word) {
            case "-jar" -> mode = Mode.JAR;
            case "-m", "--module" -> mode = Mode.MODULE;
            case "--disable-@files" -> filesDisabled = true;
            default -> acceptOtherOption(word);
        }
    }

    private void acceptOtherOption(String word) {
        if (word.startsWith("--module=")) {
            mode = Mode.MODULE;
            main = word.substring("--module=".length());
        } else if (awaitingValue == null) {
            options.add(word);
        }
    }

    private void acceptMain(String word) {
        main = word;
        if (mode == Mode.CLASS && word.endsWith(".java") && workingDirectory.hasFile(word)) {
            mode = Mode.SOURCE;
        }
    }
}
