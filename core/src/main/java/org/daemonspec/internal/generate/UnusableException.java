package org.daemonspec.internal.generate;

import java.util.List;

/** No file can be made: each problem is a sentence. */
public final class UnusableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    UnusableException(List<String> problems) {
        super(String.join(" ", problems));
        this.problems = List.copyOf(problems);
    }

    /** All that is wrong. */
    public List<String> problems() {
        return problems;
    }
}
