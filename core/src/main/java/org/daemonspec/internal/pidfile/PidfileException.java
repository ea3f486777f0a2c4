package org.daemonspec.internal.pidfile;

import org.daemonspec.internal.posix.SystemCallException;

/** A pidfile that cannot be used: one sentence with the path, the cause and what to do. */
public final class PidfileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean denied;
    private final boolean absent;

    PidfileException(String sentence) {
        this(sentence, false);
    }

    PidfileException(String sentence, boolean denied) {
        this(sentence, denied, false);
    }

    private PidfileException(String sentence, boolean denied, boolean absent) {
        super(sentence);
        this.denied = denied;
        this.absent = absent;
    }

    /** One that is not there, or whose directory is not. */
    static PidfileException absent(String sentence) {
        return new PidfileException(sentence, false, true);
    }

    /** The same, known to come from a system call. */
    PidfileException because(SystemCallException failure) {
        initCause(failure);
        return this;
    }

    /** Whether it, or its directory, is not there. */
    boolean isAbsent() {
        return absent;
    }

    /** The sentence without its full stop, to be part of another. */
    public String reason() {
        String sentence = String.valueOf(getMessage());
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    /** Whether it is this user who may not use it. */
    public boolean isDenied() {
        return denied;
    }
}
