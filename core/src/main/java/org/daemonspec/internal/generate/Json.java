package org.daemonspec.internal.generate;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Strings and lists of strings as JSON, see RFC 8259, which in YAML 1.2 are what they are here. */
final class Json {

    private Json() {}

    static String list(List<String> words) {
        return words.stream().map(Json::string).collect(Collectors.joining(", ", "[", "]"));
    }

    /** YAML's printable characters are fewer than JSON's: what is not ASCII, or a control character, is escaped as both know it. */
    static String string(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                default ->
                    quoted.append(isPlain(c) ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return quoted.append('"').toString();
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c != 0x7f && (c < 0x80 || Character.isLetter(c)) && !Character.isSurrogate(c);
    }
}
