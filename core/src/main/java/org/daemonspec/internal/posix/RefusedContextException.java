package org.daemonspec.internal.posix;

import java.util.List;

/** A process that could not be made what it should be; its program was not executed. */
public final class RefusedContextException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RefusedContextException(List<String> refusals) {
        this(String.join("; ", refusals) + "; nothing was executed, ask for less or start it with more rights");
    }

    /** For a reason in a sentence without its stop. */
    public RefusedContextException(String sentence) {
        super(sentence);
    }
}
