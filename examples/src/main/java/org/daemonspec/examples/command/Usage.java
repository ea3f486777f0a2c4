package org.daemonspec.examples.command;

/** A command line that makes no sense; the message says why. */
public final class Usage extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Says what is wrong. */
    public Usage(String message) {
        super(message);
    }
}
