package org.daemonspec.internal.launch.commandline;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ways in which an option's value holds paths. */
enum PathSyntax {
    /** A file. */
    FILE,
    /** An empty entry means the working directory. A wildcard is resolved as any other entry and stays one. */
    CLASS_PATH,
    /** As {@link #CLASS_PATH}, but empty entries at the end mean nothing. */
    MODULE_PATH,
    /** Empty entries mean nothing. */
    LIST,
    /** {@code module=path:path}. */
    PATCH,
    /** {@code path[=options]}; the path becomes part of the class path too. */
    AGENT_JAR,
    /** {@code path[=options]}. */
    AGENT_LIBRARY,
    /** A file or URL, where a second equals sign in front means "this one alone". */
    FILE_OR_URL,
    /** A key store: {@code NONE} means that there is no file. */
    STORE,
    /** {@code what:output:decorators:options}, see "Enable Logging" in java(1). */
    LOG,
    /** {@code name=value,name=value}, see -XX:StartFlightRecording and -XX:FlightRecorderOptions in java(1). */
    RECORDING;

    /** What few command lines have, and so what few starts compile. */
    private static final class Patterns {

        /** A URL, or a value that Java expands, such as <code>${user.home}/x</code>. */
        static final Pattern URL_OR_EXPANDED = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]+:|\\$\\{).*", Pattern.DOTALL);

        /** A member of a list that is separated by commas, which count for nothing within quotes. */
        static final Pattern SETTING =
                Pattern.compile("(?<name>[^=,]*)(=(?<value>(\"[^\"]*\"|'[^']*'|[\"']|[^,\"']++)*+))?");
    }

    private static final String LOG_FILE = "file=";

    /** The settings of JFR that are files. */
    private static final Set<String> RECORDING_FILES = Set.of("filename", "repository", "dumppath");

    /** The value with absolute paths. */
    String absolute(String value, WorkingDirectory directory) throws UnresolvablePathException {
        return switch (this) {
            case FILE -> file(value, directory);
            case CLASS_PATH -> classPath(value, directory);
            case MODULE_PATH -> modulePath(value, directory);
            case LIST -> list(value, directory);
            case PATCH -> patch(value, directory);
            case AGENT_JAR -> agent(value, directory, ":=");
            case AGENT_LIBRARY -> agent(value, directory, "=");
            case FILE_OR_URL -> fileOrUrl(value, directory);
            case STORE -> value.equals("NONE") ? value : file(value, directory);
            case LOG -> log(value, directory);
            case RECORDING -> recording(value, directory);
        };
    }

    private static String file(String value, WorkingDirectory directory) throws UnresolvablePathException {
        return value.isEmpty() ? value : directory.resolve(value, "");
    }

    private static String classPath(String value, WorkingDirectory directory) throws UnresolvablePathException {
        List<String> entries = new ArrayList<>();
        for (String entry : value.split(":", -1)) {
            entries.add(directory.resolve(entry, ":"));
        }
        return String.join(":", entries);
    }

    private static String modulePath(String value, WorkingDirectory directory) throws UnresolvablePathException {
        int end = value.length();
        while (end > 0 && value.charAt(end - 1) == ':') {
            end--;
        }
        return classPath(value.substring(0, end), directory);
    }

    private static String list(String value, WorkingDirectory directory) throws UnresolvablePathException {
        List<String> entries = new ArrayList<>();
        for (String entry : value.split(":", -1)) {
            entries.add(entry.isEmpty() ? entry : directory.resolve(entry, ":"));
        }
        return String.join(":", entries);
    }

    private static String patch(String value, WorkingDirectory directory) throws UnresolvablePathException {
        int path = value.indexOf('=') + 1;
        return value.substring(0, path) + list(value.substring(path), directory);
    }

    private static String agent(String value, WorkingDirectory directory, String separators)
            throws UnresolvablePathException {
        int equals = value.indexOf('=');
        int end = equals < 0 ? value.length() : equals;
        return directory.resolve(value.substring(0, end), separators) + value.substring(end);
    }

    private static String fileOrUrl(String value, WorkingDirectory directory) throws UnresolvablePathException {
        if (value.startsWith("=")) {
            return "=" + fileOrUrl(value.substring(1), directory);
        }
        return Patterns.URL_OR_EXPANDED.matcher(value).matches() ? value : file(value, directory);
    }

    /** Without patterns: every start with an AOT cache has such an option. */
    private static String log(String value, WorkingDirectory directory) throws UnresolvablePathException {
        int begin = endOfField(value, 0) + 1;
        if (begin > value.length()) {
            return value;
        }
        int end = endOfField(value, begin);
        if (end > value.length()) {
            return value;
        }
        String output = value.substring(begin, end);
        boolean stream = Set.of("", "stdout", "stderr", "#0", "#1").contains(output);
        String file = (output.startsWith(LOG_FILE) ? output.substring(LOG_FILE.length()) : output).replace("\"", "");
        if (stream || file.startsWith("/")) {
            return value;
        }
        String absolute = directory.resolve(file, "\"");
        String quote = absolute.contains(":") ? "\"" : "";
        return value.substring(0, begin) + LOG_FILE + quote + absolute + quote + value.substring(end);
    }

    /**
     * Where the colon is that ends a field of -Xlog, or the end of the value; beyond that if a quote is not closed. Colons count for nothing
     * within quotes.
     */
    private static int endOfField(String value, int begin) {
        boolean quoted = false;
        for (int i = begin; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ':' && !quoted) {
                return i;
            }
        }
        return value.length() + (quoted ? 1 : 0);
    }

    private static String recording(String value, WorkingDirectory directory) throws UnresolvablePathException {
        List<String> settings = new ArrayList<>();
        Matcher setting = Patterns.SETTING.matcher(value);
        int next = 0;
        while (next <= value.length() && setting.find(next)) {
            settings.add(recordingSetting(setting, directory));
            next = setting.end() + 1;
        }
        return String.join(",", settings);
    }

    private static String recordingSetting(Matcher setting, WorkingDirectory directory)
            throws UnresolvablePathException {
        if (setting.group("value") == null) {
            return setting.group();
        }
        String name = setting.group("name");
        String file = setting.group("value").replaceAll("[\"']", "");
        boolean isFile = RECORDING_FILES.contains(name) || (name.equals("settings") && isSettingsFile(file, directory));
        if (!isFile || file.isEmpty() || file.startsWith("/")) {
            return setting.group();
        }
        return name + "=\"" + directory.resolve(file, "\"") + "\"";
    }

    /** Settings that come with the JDK are named without a path. */
    private static boolean isSettingsFile(String name, WorkingDirectory directory) {
        return name.contains("/") || directory.hasFile(name);
    }
}
