package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.FileErrno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * A file of variables as systemd's {@code EnvironmentFile=} reads it, see systemd.exec(5): a line {@code NAME=value} each; empty
 * lines and those that begin with {@code #} or {@code ;} do not count; a backslash at a line's end joins it with the next. A line
 * ends at a newline or a carriage return.
 *
 * <p>A value that begins with a quote goes on to the next one, over line ends too, and may have more quoted parts; blanks between them do
 * not belong to it. Within single quotes everything is itself; within double quotes a backslash takes away the meaning of
 * {@code " \ $} and the backtick. Unquoted, of any character; a quote that does not come first is a character like others, and so are
 * blanks, but for those around the value. Nothing is expanded.
 *
 * @param variables in order, as byte strings
 * @param problems what is wrong, each a sentence with its line number
 */
record EnvironmentFile(Map<String, String> variables, List<String> problems) {

    /** A file of variables is not this long; a device or a log may be. */
    private static final long MOST_BYTES = 1 << 20;

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /**
     * Reads a file; one that cannot be read is a problem.
     *
     * @param owner whom the daemon becomes, if that is somebody else: what he could not read himself, he has not had read by planting
     *     a link, see {@link TrustedFiles}
     */
    static EnvironmentFile read(Path file, Optional<ProcessContext.Identity> owner) {
        if (owner.isEmpty()) {
            return read(file, file);
        }
        try (Posix posix = Posix.open();
                Descriptor opened = posix.open(ByteString.of(file), OpenFor.READING, 0)) {
            Optional<String> doubt = new TrustedFiles(posix, owner).whyNotToRead(opened, file);
            return doubt.isPresent()
                    ? new EnvironmentFile(Map.of(), List.of("environmentFile " + file + ": " + doubt.get() + "."))
                    : read(Path.of("/proc/self/fd/" + opened.number()), file);
        } catch (SystemCallException e) {
            return unreadable(file, e.errno().toString());
        }
    }

    /** @param name what to call it */
    private static EnvironmentFile read(Path file, Path name) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                return unreadable(name, "it is no regular file");
            }
            if (attributes.size() > MOST_BYTES) {
                return unreadable(name, "it is longer than " + MOST_BYTES + " bytes");
            }
            return parse(ByteString.read(file), name.toString());
        } catch (IOException e) {
            return unreadable(name, FileErrno.of(e));
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
                if (at == text.length()) {
                    break; // blanks after the last line
                }
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
            int equals = text.indexOf('=', at, endOfLine());
            if (equals < 0) {
                refuse(begin, "there is no '=' in it; write NAME=value");
                skipLine();
                return;
            }
            String name = withoutTrailingBlanks(text.substring(at, equals));
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
            StringBuilder value = new StringBuilder();
            boolean plain = false; // once something unquoted has begun, quotes and blanks are characters like others
            int meant = 0; // what follows this are blanks that may turn out to be trailing
            while (!isAtLineEnd()) {
                char c = advance();
                if (c == '\\') {
                    escaped(value);
                    plain = true;
                    meant = value.length();
                } else if (!plain && (c == '\'' || c == '"')) {
                    quoted(c, value, begin);
                    meant = value.length();
                } else if (plain || !isBlank(c)) {
                    value.append(c);
                    plain = true;
                    meant = isBlank(c) ? meant : value.length();
                }
            }
            value.setLength(meant);
            return value.toString();
        }

        /** The line's end is taken away by a backslash, as the file's is. */
        private void escaped(StringBuilder value) {
            if (at < text.length()) {
                char next = advance();
                if (!isLineEnd(next)) {
                    value.append(next);
                }
            }
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
            return at >= text.length() || isLineEnd(text.charAt(at));
        }

        private int endOfLine() {
            int end = at;
            while (end < text.length() && !isLineEnd(text.charAt(end))) {
                end++;
            }
            return end;
        }

        private void skipBlanks() {
            while (at < text.length() && isBlank(text.charAt(at))) {
                at++;
            }
        }

        private void skipLine() {
            at = endOfLine();
        }

        private static String withoutTrailingBlanks(String text) {
            int end = text.length();
            while (end > 0 && isBlank(text.charAt(end - 1))) {
                end--;
            }
            return text.substring(0, end);
        }

        private static boolean isBlank(char c) {
            return c == ' ' || c == '\t';
        }

        private static boolean isLineEnd(char c) {
            return c == '\n' || c == '\r';
        }
    }
}
