package org.daemonspec.internal.launch.commandline;

import java.util.ArrayList;
import java.util.List;

/**
 * Options in one string, as in JDK_JAVA_OPTIONS (see java(1)), in JAVA_TOOL_OPTIONS (see the JVM TI specification),
 * and in a VM options file: separated by white space; in single or double quotes everything stands for itself; there
 * is no escape.
 */
final class OptionString {

    private static final String WHITE_SPACE = " \t\n\u000B\f\r";

    private OptionString() {}

    static List<String> parse(String text) {
        List<String> options = new ArrayList<>();
        int i = 0;
        while (i < text.length()) {
            if (isSpace(text.charAt(i))) {
                i++;
            } else {
                StringBuilder option = new StringBuilder();
                i = parseOption(text, i, option);
                options.add(option.toString());
            }
        }
        return options;
    }

    private static int parseOption(String text, int begin, StringBuilder option) {
        int i = begin;
        while (i < text.length() && !isSpace(text.charAt(i))) {
            char c = text.charAt(i);
            if (c == '"' || c == '\'') {
                int end = text.indexOf(c, i + 1);
                end = end < 0 ? text.length() : end;
                option.append(text, i + 1, end);
                i = end + 1;
            } else {
                option.append(c);
                i++;
            }
        }
        return i;
    }

    /** The string from which the same options are read. */
    static String format(List<String> options) {
        StringBuilder text = new StringBuilder();
        for (String option : options) {
            text.append(text.isEmpty() ? "" : " ").append(quoted(option));
        }
        return text.toString();
    }

    private static String quoted(String option) {
        boolean plain = option.chars().noneMatch(c -> c == '"' || c == '\'' || isSpace((char) c));
        if (plain && !option.isEmpty()) {
            return option;
        }
        return '"' + option.replace("\"", "\"'\"'\"") + '"';
    }

    /** As isspace(3) in the C locale, which the launcher and HotSpot are in when they read their options. */
    private static boolean isSpace(char c) {
        return WHITE_SPACE.indexOf(c) >= 0;
    }
}
