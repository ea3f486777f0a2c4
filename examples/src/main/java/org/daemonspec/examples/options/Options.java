package org.daemonspec.examples.options;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An example's own options, each with a value; one that makes no sense ends the process with the usage and exit code 2.
 *
 * @param name of the example
 * @param usage its options, such as {@code [--port N] [--log F]}
 * @param values what was said
 * @param words the rest, for the command face
 */
public record Options(String name, String usage, Map<String, String> values, List<String> words) {

    private static final int USAGE = 2;

    /** Takes the options that the usage names out of a command line. */
    public static Options parse(String name, String usage, String... arguments) {
        Options options = new Options(name, usage, new TreeMap<>(), new ArrayList<>());
        for (int i = 0; i < arguments.length; i++) {
            if (!usage.contains("[" + arguments[i] + " ")) {
                options.words.add(arguments[i]);
            } else if (i + 1 == arguments.length) {
                throw options.refuse(arguments[i] + " needs a value");
            } else {
                options.values.put(arguments[i], arguments[++i]);
            }
        }
        return options;
    }

    /** The words for the command face. */
    public String[] command() {
        return words.toArray(new String[0]);
    }

    /** A text option. */
    public Optional<String> text(String option) {
        return Optional.ofNullable(values.get(option));
    }

    /** A path option. */
    public Optional<Path> path(String option) {
        String value = values.get(option);
        return value == null ? Optional.empty() : Optional.of(Path.of(value));
    }

    /** A number option in the given base, from 0 to {@code largest}. */
    public int number(String option, int base, int largest, int otherwise) {
        String value = values.get(option);
        return value == null ? otherwise : number(option, value, base, largest);
    }

    private int number(String option, String value, int base, int largest) {
        try {
            int number = Integer.parseInt(value, base);
            if (number >= 0 && number <= largest) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw refuse(option + " " + value + " is no number");
        }
        throw refuse(option + " " + value + " is out of range");
    }

    /**
     * The pidfile that was asked for, otherwise one in the user's runtime directory, or in the directory for temporary files.
     */
    public Path pidfile() {
        Optional<Path> asked = path("--pidfile");
        if (asked.isPresent()) {
            return asked.get();
        }
        String directory = System.getenv("XDG_RUNTIME_DIR");
        return Path.of(
                directory == null ? System.getProperty("java.io.tmpdir") : directory,
                "daemonspec-" + name + "-" + System.getProperty("user.name") + ".pid");
    }

    private AssertionError refuse(String reason) {
        System.err.println(name + ": " + reason + "; " + name + " --help explains the commands.");
        System.err.println("usage: " + name + " COMMAND " + usage);
        System.exit(USAGE);
        return new AssertionError("exit does not return");
    }
}
