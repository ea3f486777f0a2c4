package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.daemonspec.internal.posix.ByteString;

/**
 * A file of variables as systemd's {@code EnvironmentFile=} reads it, see systemd.exec(5): a line {@code NAME=value} each; empty
 * lines and those that begin with {@code #} or {@code ;} do not count; a backslash at a line's end joins it with the next. Blanks
 * around an unquoted value do not belong to it. Within single quotes everything is itself; within double quotes a backslash
 * takes away the meaning of {@code " \ $} and the backtick; unquoted, of any character. Nothing is expanded. A quoted part may go
 * on over line ends.
 *
 * @param variables in order, as byte strings
 * @param problems what is wrong, each a sentence with its line number
 */
record EnvironmentFile(Map<String, String> variables, List<String> problems) {

    /** A file of variables is not this long; a device or a log may be. */
    private static final long MOST_BYTES = 1 << 20;

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** Reads a file; one that cannot be read is a problem. */
    static EnvironmentFile read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                return unreadable(file, Files.exists(file) ? "it is no regular file" : "ENOENT (no such file)");
            }
            if (Files.size(file) > MOST_BYTES) {
                return unreadable(file, "it is longer than " + MOST_BYTES + " bytes");
            }
            return parse(ByteString.read(file), file.toString());
        } catch (IOException e) {
            return unreadable(file, e.toString());
        }
    }

    private static EnvironmentFile unreadable(Path file, String cause) {
        return new EnvironmentFile(
                Map.of(), List.of("environmentFile " + file + ": " + cause + "; name a file that this user may read."));
    }

    /** Reads a byte string. */
    static EnvironmentFile parse(String text, String file) {
        return new Parser(text, file).parse();
    }

    /** Goes through the text once, character by character. */
    private static final class Parser {

        private final String text;
        private final String file;
        private final Map<String, String> variables = new LinkedHashMap<>();
        private final List<String> problems = new ArrayList<>();
        private int at;
        private int line = 1;

        Parser(String text, String file) {
            this.text = text;
            this.file = file;
        }

        EnvironmentFile parse() {
            while (at < text.length()) {
                skipBlanks();
                if (isAtLineEnd()) {
                    advance();
                } else if (text.charAt(at) == '#' || text.charAt(at) == ';') {
                    skipLine();
                } else {
                    assignment();
                }
            }
            return new EnvironmentFile(variables, List.copyOf(problems));
        }

        private void assignment() {
            int begin = line;
            int equals = text.indexOf('=', at);
            int end = text.indexOf('\n', at);
            if (equals < 0 || (end >= 0 && end < equals)) {
                refuse(begin, "there is no '=' in it; write NAME=value");
                skipLine();
                return;
            }
            String name = text.substring(at, equals).stripTrailing();
            at = equals + 1;
            String value = value(begin);
            if (!NAME.matcher(name).matches()) {
                refuse(begin, "the name before '=' is none; use letters, digits and '_', and no 'export'");
            } else if (value.indexOf('\0') >= 0) {
                refuse(begin, "the value contains a NUL character, which no variable can; remove it");
            } else {
                variables.put(name, value);
            }
        }

        /** Up to the end of the line, or of the last line that is joined with it. */
        private String value(int begin) {
            skipBlanks();
            StringBuilder value = new StringBuilder();
            int meant = 0; // what follows this are blanks that may turn out to be trailing
            while (!isAtLineEnd()) {
                char c = advance();
                if (c == '\'' || c == '"') {
                    quoted(c, value, begin);
                    meant = value.length();
                } else if (c == '\\' && at < text.length()) {
                    char next = advance();
                    if (next != '\n') {
                        value.append(next);
                        meant = value.length();
                    }
                } else {
                    value.append(c);
                    meant = isBlank(c) ? meant : value.length();
                }
            }
            value.setLength(meant);
            return value.toString();
        }

        private void quoted(char quote, StringBuilder value, int begin) {
            while (at < text.length()) {
                char c = advance();
                if (c == quote) {
                    return;
                }
                if (quote == '"' && c == '\\' && at < text.length()) {
                    char next = advance();
                    if (next != '\n') {
                        value.append("\"\\$`".indexOf(next) >= 0 ? "" : "\\").append(next);
                    }
                } else {
                    value.append(c);
                }
            }
            refuse(begin, "the quote " + quote + " is never closed; close it");
        }

        private void refuse(int number, String reason) {
            problems.add("environmentFile " + file + ": line " + number + ": " + reason + ".");
        }

        private char advance() {
            char c = text.charAt(at++);
            if (c == '\n') {
                line++;
            }
            return c;
        }

        private boolean isAtLineEnd() {
            return at >= text.length() || text.charAt(at) == '\n';
        }

        private void skipBlanks() {
            while (at < text.length() && isBlank(text.charAt(at))) {
                at++;
            }
        }

        private void skipLine() {
            while (!isAtLineEnd()) {
                at++;
            }
        }

        private static boolean isBlank(char c) {
            return c == ' ' || c == '\t' || c == '\r';
        }
    }
}
