package org.daemonspec.internal.command;

import java.util.Map;
import org.daemonspec.internal.posix.Posix;

/**
 * What may be written beside plain text: nothing of it unless somebody looks.
 *
 * @param hasColours stdout is a terminal that knows colours, and <a href="https://no-color.org">NO_COLOR</a> is not set
 * @param hasProgress stderr is a terminal that can take back a line
 */
record Terminal(boolean hasColours, boolean hasProgress) {

    private static final int STDOUT = 1;
    private static final int STDERR = 2;

    /** A colour of text, see console_codes(4). */
    enum Colour {
        RED(31),
        GREEN(32),
        YELLOW(33);

        private final int code;

        Colour(int code) {
            this.code = code;
        }
    }

    /** The terminal of this process. */
    static Terminal ofThisProcess() {
        try (Posix posix = Posix.open()) {
            return of(System.getenv(), posix.isTerminal(STDOUT), posix.isTerminal(STDERR));
        } catch (UnsupportedOperationException unknown) {
            return new Terminal(false, false); // what cannot work on this platform says so itself
        }
    }

    static Terminal of(Map<String, String> environment, boolean stdout, boolean stderr) {
        String type = environment.getOrDefault("TERM", "");
        boolean obeys = !type.isEmpty() && !type.equals("dumb");
        boolean mayColour = environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(stdout && obeys && mayColour, stderr && obeys);
    }

    String paint(Colour colour, String text) {
        return hasColours ? "\u001b[" + colour.code + "m" + text + "\u001b[0m" : text;
    }
}
