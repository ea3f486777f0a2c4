package org.daemonspec.internal.launch.commandline;

import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.launch.commandline.JavaLaunch.Mode;

/**
 * The class path that the launcher chose, see {@code ParseArguments} in libjli's java.c: that of the last option that
 * names one, or else CLASSPATH, or else the working directory for a main class or source file and none for a module. A
 * jar file overrides them all.
 */
record ClassPath(JavaLaunch launch, Variables variables) {

    /** Whether this option, one word, names a class path. The launcher makes the first of these the second. */
    static boolean isOption(String option) {
        return option.startsWith("--class-path=") || option.startsWith("-Djava.class.path=");
    }

    /**
     * The class path that the daemon JVM has to be given, as this JVM was, or nothing if it has none or one of its own.
     * In a class path that is not a module's, the empty string is an entry: the working directory.
     */
    Optional<String> toCarryOver() {
        if (launch.mode() == Mode.JAR || isReplaced()) {
            return Optional.empty();
        }
        Optional<String> named = namedByOption();
        if (named.isPresent()) {
            return named;
        }
        String variable = variables.own().get(Variables.CLASS_PATH);
        if (variable != null) {
            return Optional.of(variable);
        }
        return launch.mode() == Mode.MODULE ? Optional.empty() : Optional.of("");
    }

    /** Whether {@link #toCarryOver} comes from CLASSPATH, if it is there. */
    boolean isVariable() {
        return namedByOption().isEmpty();
    }

    /** Whether the user gave the daemon a class path of its own in a variable that now counts. */
    private boolean isReplaced() {
        if (lastOf(launch.options()).isPresent()) {
            return false;
        }
        return isReplacedByOption() || (variables.isChanged(Variables.CLASS_PATH) && isVariable());
    }

    private boolean isReplacedByOption() {
        if (!variables.isChanged(Variables.LAUNCHER_OPTIONS)) {
            return false;
        }
        for (String option : OptionString.parse(variables.daemons().getOrDefault(Variables.LAUNCHER_OPTIONS, ""))) {
            if (option.equals("-cp")
                    || option.equals("-classpath")
                    || option.equals("--class-path")
                    || option.startsWith("--class-path=")) {
                return true;
            }
        }
        return false;
    }

    private Optional<String> namedByOption() {
        Optional<String> named = lastOf(launch.options());
        return named.isPresent() ? named : lastOf(launch.variableOptions());
    }

    private static Optional<String> lastOf(List<String> options) {
        for (String option : options.reversed()) {
            if (isOption(option)) {
                return Optional.of(option.substring(option.indexOf('=') + 1));
            }
        }
        return Optional.empty();
    }
}
