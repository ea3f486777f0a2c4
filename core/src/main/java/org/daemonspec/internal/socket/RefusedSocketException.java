package org.daemonspec.internal.socket;

/** A socket that could not be had; the message is a sentence. */
public final class RefusedSocketException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RefusedSocketException(String sentence) {
        super(sentence);
    }

    RefusedSocketException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
