package org.daemonspec.examples.command;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A command line of the form {@code VERB [--name value]...}.
 *
 * @param verb the first word
 * @param values what the options say
 */
public record Options(String verb, Map<String, String> values) {

    /** Parses a command line that may have the given options, each with a value. */
    public static Options parse(String[] arguments, Set<String> known) {
        if (arguments.length == 0) {
            throw new Usage("say what to do");
        }
        Map<String, String> values = new TreeMap<>();
        for (int i = 1; i < arguments.length; i += 2) {
            if (!known.contains(arguments[i])) {
                throw new Usage("unknown option " + arguments[i]);
            }
            if (i + 1 == arguments.length) {
                throw new Usage(arguments[i] + " needs a value");
            }
            values.put(arguments[i], arguments[i + 1]);
        }
        return new Options(arguments[0], values);
    }

    /** A text option. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** A path option. */
    public Optional<Path> path(String name) {
        return text(name).map(Path::of);
    }

    /** A number option in the given base, from 0 to {@code largest}. */
    public int number(String name, int base, int largest, int otherwise) {
        String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(value, base);
            if (number >= 0 && number <= largest) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new Usage(name + " " + value + " is no number");
        }
        throw new Usage(name + " " + value + " is out of range");
    }

    /** Where a pidfile goes that nobody asked for: the user's runtime directory, otherwise the directory for temporary files. */
    public static Path defaultPidfile(String name) {
        String directory =
                Optional.ofNullable(System.getenv("XDG_RUNTIME_DIR")).orElse(System.getProperty("java.io.tmpdir"));
        return Path.of(directory, "daemonspec-" + name + "-" + System.getProperty("user.name") + ".pid");
    }
}
