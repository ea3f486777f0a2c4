package org.daemonspec.internal.pidfile;

/** A pidfile that cannot be used: one sentence with the path, the cause and what to do. */
public final class PidfileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PidfileException(String sentence) {
        super(sentence);
    }
}
