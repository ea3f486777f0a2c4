package org.daemonspec.internal.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.OptionalInt;
import org.daemonspec.internal.posix.FileErrno;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * Why a task failed, for those who are told in one line.
 *
 * @param sentence type and message of the failure, and of what caused it where that says more
 * @param errno of the system call of ours that failed, if that was the cause
 */
public record Failure(String sentence, OptionalInt errno) {

    private static final int MOST_CAUSES = 100;

    /** What a failure says. */
    public static Failure of(Throwable failure) {
        String text = isSentence(failure) ? String.valueOf(failure.getMessage()) : failure.toString();
        if (failure instanceof SystemCallException call) {
            text += call.advice();
        }
        Throwable cause = failure.getCause();
        if (cause != null && !isToldBy(text, cause)) {
            text += ", caused by " + cause;
        }
        return new Failure(String.join(" ", Arrays.asList(text.split("\\R"))), errnoOf(failure));
    }

    /** By its message, or, as in our own sentences, by the name of its error. */
    private static boolean isToldBy(String text, Throwable cause) {
        return text.contains(String.valueOf(cause.getMessage()))
                || (cause instanceof IOException io && text.contains(FileErrno.of(io)));
    }

    /** Whether the type says nothing: an {@link UncheckedIOException} is there for the compiler's sake. */
    private static boolean isSentence(Throwable failure) {
        return failure instanceof SystemCallException || failure instanceof UncheckedIOException;
    }

    private static OptionalInt errnoOf(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) { // causes may go round in circles
            if (cause instanceof SystemCallException call) {
                return OptionalInt.of(call.errno().number());
            }
            cause = cause.getCause();
        }
        return OptionalInt.empty();
    }
}
