package org.daemonspec.internal.launch.commandline;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.daemonspec.internal.posix.ByteString;

/** What people are to be told, gathered along the way. Confined to one {@link JavaCommandLine}. */
final class Findings {

    private final Set<String> problems = new LinkedHashSet<>();
    private final Set<String> notices = new LinkedHashSet<>();

    /** @param subject a byte string: the option, variable or file that this is about */
    void problem(String subject, String sentence) {
        problems.add(ByteString.decode(subject) + ": " + sentence);
    }

    /** @param subject a byte string: the option that this is about */
    void notice(String subject, String sentence) {
        notices.add(ByteString.decode(subject) + ": " + sentence);
    }

    List<String> notices() {
        return List.copyOf(notices);
    }

    void throwProblems() throws CommandLineException {
        if (!problems.isEmpty()) {
            throw new CommandLineException(List.copyOf(problems));
        }
    }
}
