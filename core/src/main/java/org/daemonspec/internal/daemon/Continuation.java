package org.daemonspec.internal.daemon;

import java.util.Optional;
import java.util.OptionalInt;
import org.daemonspec.internal.launch.commandline.JvmProcess;

/**
 * What a JVM that executes itself as somebody else leaves to the next one in the same process, in a system property:
 * {@code PIDFILE:READINESS;SOCKETS}, the first two a number each or {@code none}.
 *
 * @param pidfile the descriptor of the pidfile
 * @param readiness the descriptor on which a supervisor waits for the service
 * @param sockets what {@link org.daemonspec.internal.socket.ForegroundSockets} says of those that were opened
 */
record Continuation(OptionalInt pidfile, OptionalInt readiness, String sockets) {

    private static final String BEFORE_SOCKETS = ";";

    private static final String NONE = "none";

    /** What was left to this process; empty if it began with this JVM. */
    static Optional<Continuation> ofThisProcess() {
        return Optional.ofNullable(System.getProperty(JvmProcess.FOREGROUND_PROPERTY))
                .map(Continuation::parse);
    }

    /** What cannot be read is none, for the property may have come from anywhere. */
    static Continuation parse(String text) {
        String[] parts = text.split(BEFORE_SOCKETS, 2);
        String[] numbers = parts[0].split(":", 2);
        return new Continuation(
                number(numbers[0]),
                numbers.length == 1 ? OptionalInt.empty() : number(numbers[1]),
                parts.length == 1 ? "" : parts[1]);
    }

    private static OptionalInt number(String text) {
        try {
            return OptionalInt.of(Integer.parseInt(text));
        } catch (NumberFormatException none) {
            return OptionalInt.empty();
        }
    }

    /** The property's value. */
    @Override
    public String toString() {
        return text(pidfile) + ":" + text(readiness) + BEFORE_SOCKETS + sockets;
    }

    private static String text(OptionalInt number) {
        return number.isPresent() ? Integer.toString(number.getAsInt()) : NONE;
    }
}
