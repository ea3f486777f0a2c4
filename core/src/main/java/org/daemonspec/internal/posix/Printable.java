package org.daemonspec.internal.posix;

/** Text of others, such as a process's name or its last words, for the terminal of whoever reads a message. */
public final class Printable {

    private static final char REPLACEMENT = '\uFFFD';

    private Printable() {}

    /**
     * The text without what moves a cursor, or worse: control characters but for tabulators, and characters that begin a line or have
     * text shown in another order than it has, see "Explicit Directional Embeddings" in UAX #9.
     */
    public static String of(String text) {
        StringBuilder printable = new StringBuilder(text);
        for (int i = 0; i < printable.length(); i++) {
            char c = printable.charAt(i);
            boolean isControl = Character.isISOControl(c) && c != '\t';
            boolean isLineEnd = c == '\u2028' || c == '\u2029';
            boolean isDirection = (c >= '\u202A' && c <= '\u202E') || (c >= '\u2066' && c <= '\u2069');
            if (isControl || isLineEnd || isDirection) {
                printable.setCharAt(i, REPLACEMENT);
            }
        }
        return printable.toString();
    }
}
