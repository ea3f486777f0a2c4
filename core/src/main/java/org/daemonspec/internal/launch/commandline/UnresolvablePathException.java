package org.daemonspec.internal.launch.commandline;

import java.io.Serial;

/** A relative path can't be made absolute. */
final class UnresolvablePathException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String reason;

    UnresolvablePathException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** Why, and what to do: a sentence. */
    String reason() {
        return reason;
    }
}
