package org.daemonspec.internal.daemon;

import java.io.PrintStream;
import java.util.Formattable;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;

/**
 * Descriptor 1 or 2, and the stream by which Java writes to it.
 *
 * @param descriptor the number
 * @param stream as it was when this process began, whatever {@link System#setOut} puts in its place later
 */
public record JvmOutput(int descriptor, PrintStream stream) {

    private static final int STDOUT = 1;
    private static final int STDERR = 2;

    /** Descriptor 1 and the present {@link System#out}. */
    public static JvmOutput ofStdout() {
        return new JvmOutput(STDOUT, System.out);
    }

    /** Descriptor 2 and the present {@link System#err}. */
    public static JvmOutput ofStderr() {
        return new JvmOutput(STDERR, System.err);
    }

    /** dup2(2) while no thread is in the middle of a call that prints. */
    public void turnTo(Posix posix, Descriptor file) {
        betweenCalls(() -> posix.duplicateTo(file, descriptor));
    }

    /**
     * Runs the action while no thread is in the middle of a call that prints, such as a println of a long line, a printf or a
     * printStackTrace, each of which is many write(2)s. A {@link PrintStream} has a lock for that; what is to be formatted is
     * asked for its text under it. Nothing is printed, and nothing is flushed: what is left in a buffer may be half a line.
     */
    public void betweenCalls(Runnable action) {
        AtomicBoolean done = new AtomicBoolean();
        Formattable nothing = (formatter, flags, width, precision) -> {
            done.set(true);
            action.run();
        };
        stream.format(Locale.ROOT, "%s", nothing);
        if (!done.get()) {
            action.run(); // the stream is closed, or a program's own that formats in its own way
        }
    }
}
