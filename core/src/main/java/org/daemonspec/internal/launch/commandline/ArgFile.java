package org.daemonspec.internal.launch.commandline;

import java.util.ArrayList;
import java.util.List;

/**
 * The {@code java} command's {@code @argfile}, see "java Command-Line Argument Files" in java(1). Contents and
 * arguments are byte strings (see the package).
 */
public final class ArgFile {

    /**
     * The most bytes that execve(2) takes for one argument: MAX_ARG_STRLEN without the NUL. It takes more for all together,
     * at least this much under the smallest stack limit, and environment and arguments share it.
     */
    static final int MAX_ARGUMENT_BYTES = 131_071;

    private ArgFile() {}

    /** Whether a command line may be too long for execve(2), which fails with E2BIG, and so goes by an argument file. */
    public static boolean isNeededFor(List<String> arguments) {
        long bytes = 0;
        for (String argument : arguments) {
            bytes += argument.length();
        }
        return bytes > MAX_ARGUMENT_BYTES;
    }

    /** The arguments in the contents of a file, as the launcher reads them. */
    public static List<String> parse(String contents) {
        return new Parser().parse(contents);
    }

    /**
     * The contents of a file from which the launcher reads exactly these arguments. In a file nothing is expanded: an
     * argument that begins with {@code @} stays as it is.
     */
    public static String format(List<String> arguments) {
        StringBuilder contents = new StringBuilder();
        for (String argument : arguments) {
            // quotes even where not needed: an empty word exists in quotes only, and '#' begins a comment in mid-word
            String escaped = argument.replace("\\", "\\\\")
                    .replace("\"", "\\\"")
                    .replace("\n", "\\n")
                    .replace("\r", "\\r");
            contents.append('"').append(escaped).append("\"\n");
        }
        return contents.toString();
    }

    private enum State {
        BETWEEN_WORDS,
        COMMENT,
        WORD,
        QUOTED,
        ESCAPE,
        CONTINUATION
    }

    /** Has libjli's quirks too: the daemon must get what this JVM got. */
    private static final class Parser {

        /** The launcher reads so many bytes at a time, and keeps what it has of a word before it reads on. */
        private static final int PIECE = 4096;

        private final List<String> arguments = new ArrayList<>();
        private final StringBuilder word = new StringBuilder();
        private int kept;
        private boolean hasEscape;
        private char quote;
        private State state = State.BETWEEN_WORDS;

        List<String> parse(String contents) {
            for (int i = 0; i < contents.length(); i++) {
                if (i % PIECE == 0) {
                    kept = word.length();
                }
                accept(contents.charAt(i));
            }
            boolean unfinished = state == State.WORD || state == State.QUOTED;
            if (unfinished && (hasEscape || !word.isEmpty())) {
                endWord();
            }
            return List.copyOf(arguments);
        }

        private void accept(char c) {
            if (state == State.BETWEEN_WORDS || state == State.CONTINUATION) {
                if (isSpace(c)) {
                    return;
                }
                state = state == State.BETWEEN_WORDS ? State.WORD : State.QUOTED;
            }
            switch (state) {
                case WORD -> inWord(c);
                case QUOTED -> inQuotes(c);
                case ESCAPE -> inEscape(c);
                case COMMENT -> state = isNewline(c) ? State.BETWEEN_WORDS : State.COMMENT;
                case BETWEEN_WORDS, CONTINUATION -> throw new IllegalStateException();
            }
        }

        private void inWord(char c) {
            if (isSpace(c)) {
                endWord();
            } else if (c == '#') {
                // drops what came directly before it; a part that was quoted is kept, for the next word
                word.setLength(kept);
                state = State.COMMENT;
            } else if (c == '"' || c == '\'') {
                kept = word.length();
                quote = c;
                state = State.QUOTED;
            } else {
                word.append(c);
            }
        }

        private void inQuotes(char c) {
            if (isNewline(c)) {
                endWord();
            } else if (c == '\\') {
                kept = word.length();
                hasEscape = true;
                state = State.ESCAPE;
            } else if (c == quote) {
                kept = word.length();
                state = State.WORD;
            } else {
                word.append(c);
            }
        }

        private void inEscape(char c) {
            if (isNewline(c)) {
                state = State.CONTINUATION;
                return;
            }
            word.append(
                    switch (c) {
                        case 'n' -> '\n';
                        case 'r' -> '\r';
                        case 't' -> '\t';
                        case 'f' -> '\f';
                        default -> c;
                    });
            kept = word.length();
            state = State.QUOTED;
        }

        private void endWord() {
            arguments.add(word.toString());
            word.setLength(0);
            kept = 0;
            hasEscape = false;
            state = State.BETWEEN_WORDS;
        }

        private static boolean isSpace(char c) {
            return c == ' ' || c == '\t' || c == '\f' || isNewline(c);
        }

        private static boolean isNewline(char c) {
            return c == '\n' || c == '\r';
        }
    }
}
