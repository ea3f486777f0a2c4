package org.daemonspec.internal.generate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads words of a unit file as systemd.syntax(7) says that it does: "Quoting", the table of escapes, lines that go on; then what
 * systemd.unit(5) says of specifiers and systemd.service(5) of variables in command lines. Written from those pages, apart from
 * what writes the files.
 */
final class SystemdReader {

    private final String text;
    private int at;

    private SystemdReader(String text) {
        this.text = text;
    }

    /** A command line; a variable or a second command in it is an error, since nobody meant one. */
    static List<String> command(String value) {
        List<String> words = new ArrayList<>();
        for (String word : words(value)) {
            String rest = word.replace("$$", "");
            if (rest.contains("$")) {
                throw new AssertionError("a variable in " + word);
            }
            words.add(word.replace("$$", "$"));
        }
        return words;
    }

    /** Words between blanks. */
    static List<String> words(String value) {
        SystemdReader reader = new SystemdReader(oneLine(value));
        List<String> words = new ArrayList<>();
        for (reader.skipBlanks(); reader.at < reader.text.length(); reader.skipBlanks()) {
            int begin = reader.at;
            String word = reader.word();
            if (reader.text.substring(begin, reader.at).equals(";")) {
                throw new AssertionError("a second command in " + value);
            }
            words.add(withoutSpecifiers(word));
        }
        return words;
    }

    /** "Lines ending in a backslash are concatenated with the following line while reading and the backslash is replaced by a space". */
    private static String oneLine(String value) {
        String joined = value.replace("\\\n", " ");
        if (joined.contains("\n") || joined.contains("\r") || joined.endsWith("\\")) {
            throw new AssertionError("more than one line: " + value);
        }
        return joined;
    }

    private static String withoutSpecifiers(String word) {
        if (word.replace("%%", "").contains("%")) {
            throw new AssertionError("a specifier in " + word);
        }
        return word.replace("%%", "%");
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        char quote = 0;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '\\') {
                escape(word);
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (isBlank(c)) {
                at--;
                return word.toString();
            } else {
                word.append(c);
            }
        }
        if (quote != 0) {
            throw new AssertionError("a quote is open in " + text);
        }
        return word.toString();
    }

    private void escape(StringBuilder word) {
        char c = text.charAt(at++);
        int plain = "abfnrtv\\\"'s".indexOf(c);
        if (plain >= 0) {
            word.append("\u0007\b\f\n\r\t\u000B\\\"' ".charAt(plain));
        } else if (c == 'x') {
            byte value = (byte) Integer.parseInt(text, at, at + 2, 16);
            word.append(new String(new byte[] {value}, StandardCharsets.US_ASCII));
            at += 2;
        } else {
            throw new AssertionError("\\" + c + " is no escape, in " + text);
        }
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
