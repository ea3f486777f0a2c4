package org.daemonspec.internal.generate;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What systemd reads back as it was meant, see systemd.syntax(7) and "Command lines" in systemd.service(5). */
final class SystemdSyntax {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_/][A-Za-z0-9_@+=:,./*-]*|-[A-Za-z0-9_@+=:,./*-]*");
    private static final int WIDTH = 110;
    private static final int DELETE = 0x7f;

    private SystemdSyntax() {}

    /** A command line: {@code $} and {@code %} stand for themselves. */
    static String command(List<String> words) {
        return wrap(words.stream().map(SystemdSyntax::argument).toList());
    }

    /** A word of a command line. */
    private static String argument(String word) {
        return quoted(percent(word).replace("$", "$$"));
    }

    /** A word where only {@code %} has a meaning of its own, as in {@code Environment=} and {@code ReadWritePaths=}. */
    static String word(String word) {
        return quoted(percent(word));
    }

    /** A value that goes to the end of its line as it is, such as a path. */
    static String percent(String value) {
        return value.replace("%", "%%");
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : '"' + escaped(word) + '"';
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\', '"' -> escaped.append('\\').append(c);
                case '\n' -> escaped.append("\\n");
                case '\t' -> escaped.append("\\t");
                default ->
                    escaped.append(
                            c < ' ' || c == DELETE
                                    ? String.format(Locale.ROOT, "\\x%02x", (int) c)
                                    : String.valueOf(c));
            }
        }
        return escaped.toString();
    }

    /**
     * On as many lines as it needs: a backslash at a line's end goes on with the next, here as in a shell. An option stays with what
     * follows it, which may be its value.
     */
    static String wrap(List<String> words) {
        StringBuilder text = new StringBuilder();
        int column = 0;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            boolean isOption = word.startsWith("-") && !word.contains("=") && i + 1 < words.size();
            int width = word.length() + (isOption ? words.get(i + 1).length() + 1 : 0);
            boolean follows = i > 0
                    && words.get(i - 1).startsWith("-")
                    && !words.get(i - 1).contains("=");
            if (column > 0 && column + width >= WIDTH && !follows) {
                text.append(" \\\n        ");
                column = 0;
            } else if (!text.isEmpty()) {
                text.append(' ');
            }
            text.append(word);
            column += word.length() + 1;
        }
        return text.toString();
    }
}
