package org.daemonspec;

import java.util.ArrayList;
import java.util.List;
import org.daemonspec.internal.launch.EnvironmentChange;
import org.daemonspec.internal.launch.LaunchSpec;

/** What is wrong with a specification on any machine: all of it, each in one sentence. */
final class SpecProblems {

    private static final int LARGEST_UMASK = 0777;

    private SpecProblems() {}

    static List<String> of(LaunchSpec spec) {
        List<String> problems = new ArrayList<>();
        if (spec.name().isBlank()
                || spec.name().contains("/")
                || spec.name().chars().anyMatch(Character::isISOControl)) {
            problems.add(
                    "name '" + spec.name() + "': give it at least one letter, and neither '/' nor control characters.");
        }
        if (spec.umask() < 0 || spec.umask() > LARGEST_UMASK) {
            problems.add("umask " + spec.umask() + ": give 0 to 0777, in Java an octal literal such as 022.");
        }
        if (!spec.readyTimeout().isPositive()) {
            problems.add("readyTimeout " + spec.readyTimeout() + ": give more than zero.");
        }
        spec.environment().forEach(change -> checkVariable(change, problems));
        spec.jvmOptions().forEach(option -> checkOption(option, problems));
        return problems;
    }

    static List<String> ofCommand(List<String> command) {
        List<String> problems = new ArrayList<>();
        if (command.isEmpty() || command.getFirst().isEmpty()) {
            problems.add("exec: name the program to execute.");
        }
        for (String argument : command) {
            if (hasNul(argument)) {
                problems.add("exec: the argument '" + printable(argument)
                        + "' contains a NUL character, which no argument can; remove it.");
            }
        }
        return problems;
    }

    private static void checkVariable(EnvironmentChange change, List<String> problems) {
        switch (change) {
            case EnvironmentChange.Clear() -> {}
            case EnvironmentChange.Unset(String name) -> checkVariableName(name, problems);
            case EnvironmentChange.Set(String name, String value) -> {
                checkVariableName(name, problems);
                if (hasNul(value)) {
                    problems.add("environment " + printable(name)
                            + ": its value contains a NUL character, which no variable can; remove it.");
                }
            }
        }
    }

    private static void checkVariableName(String name, List<String> problems) {
        if (name.isEmpty() || name.contains("=") || hasNul(name)) {
            problems.add("environment name '" + printable(name) + "': give it a letter, and neither '=' nor NUL.");
        }
    }

    private static void checkOption(String option, List<String> problems) {
        if (option.isEmpty() || hasNul(option)) {
            problems.add("jvmOptions '" + printable(option) + "': an option is not empty and contains no NUL.");
        }
        if (option.equals("-jar")
                || option.equals("-m")
                || option.equals("--module")
                || option.startsWith("--module=")) {
            problems.add(
                    "jvmOptions '" + option + "': the daemon runs the launcher's own program; use exec for another.");
        }
    }

    private static boolean hasNul(String text) {
        return text.indexOf('\0') >= 0;
    }

    private static String printable(String text) {
        return text.replace('\0', '\u2400');
    }
}
