package org.daemonspec.internal.launch.commandline;

import java.io.Serial;
import java.util.List;

/** The daemon JVM can't be given this JVM's command line. */
public final class CommandLineException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    CommandLineException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** All problems found, each one sentence that says what, which, and what to do. */
    public List<String> problems() {
        return problems;
    }
}
