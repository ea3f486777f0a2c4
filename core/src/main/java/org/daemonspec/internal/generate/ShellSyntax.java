package org.daemonspec.internal.generate;

import java.util.List;
import java.util.regex.Pattern;

/** What sh(1) reads back as it was meant. */
final class ShellSyntax {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_/.:,@%+-][A-Za-z0-9_/.:,@%+=-]*");

    private ShellSyntax() {}

    /** A command line. */
    static String command(List<String> words) {
        return SystemdSyntax.wrap(words.stream().map(ShellSyntax::word).toList());
    }

    /** A program with the function's own arguments where the verb belongs. */
    static String commandWithArguments(Service service) {
        String verb = "\0"; // no word can be this
        return SystemdSyntax.wrap(service.control(verb).stream()
                .map(word -> word.equals(verb) ? "\"$@\"" : word(word))
                .toList());
    }

    /** A word. */
    static String word(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
