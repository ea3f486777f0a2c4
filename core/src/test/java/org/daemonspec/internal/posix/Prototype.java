package org.daemonspec.internal.posix;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A function's prototype in C, such as {@code extern int close(int __fd)}.
 *
 * @param text without the semicolon
 */
record Prototype(String name, String text) {

    /**
     * {@code int (*__fn)(void *)} or {@code char *const __argv[]}; those of system headers begin with an underscore.
     */
    private static final Pattern PARAMETER_NAME = Pattern.compile("\\(\\*(_\\w+)\\)|\\W(_\\w+)(?:\\[\\d*])?$");

    boolean variadic() {
        return text.endsWith(", ...)");
    }

    /** A function with the same parameters, all named, that C compiles in order to tell what it makes of each. */
    String asFunction(String newName, String body) {
        List<String> named = new ArrayList<>(parameters());
        named.replaceAll(
                parameter -> PARAMETER_NAME.matcher(parameter).find() ? parameter : parameter + nameOf(parameter));
        String list = named.isEmpty() ? "void" : String.join(", ", named) + (variadic() ? ", ..." : "");
        return "static void " + newName + "(" + list + ") {" + body + "}\n";
    }

    /** The function's parameters as an argument list: {@code __fd, __buf}. */
    List<String> parameterNames() {
        return parameters().stream().map(Prototype::nameOf).toList();
    }

    private static String nameOf(String parameter) {
        Matcher matcher = PARAMETER_NAME.matcher(parameter);
        if (!matcher.find()) {
            return "__unnamed"; // one at most in a prototype, or C refuses
        }
        return matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    }

    private List<String> parameters() {
        String inside = text.substring(text.indexOf(name + "(") + name.length() + 1, text.length() - 1);
        List<String> parameters = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= inside.length(); i++) {
            char c = i == inside.length() ? ',' : inside.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                parameters.add(inside.substring(start, i).strip());
                start = i + 1;
            }
        }
        parameters.removeIf(parameter -> parameter.equals("void") || parameter.equals("..."));
        return parameters;
    }
}
