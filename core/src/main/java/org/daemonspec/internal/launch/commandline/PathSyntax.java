package org.daemonspec.internal.launch.commandline;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ways in which an option's value holds paths; each implementation returns the value with absolute ones. */
@FunctionalInterface
interface PathSyntax {

    /** A URL, or a value that Java expands, such as <code>${user.home}/x</code>. */
    Pattern URL_OR_EXPANDED = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]+:|\\$\\{).*", Pattern.DOTALL);

    /** A member of a list that is separated by commas, which count for nothing within quotes. */
    Pattern SETTING = Pattern.compile("(?<name>[^=,]*)(=(?<value>(\"[^\"]*\"|'[^']*'|[\"']|[^,\"']++)*+))?");

    /** The settings of JFR that are files. */
    Set<String> RECORDING_FILES = Set.of("filename", "repository", "dumppath");

    /** What, output, and the rest of -Xlog; colons count for nothing within quotes. */
    Pattern LOG = Pattern.compile(
            "(?<what>(\"[^\"]*\"|[^:\"]++)*+:)(?<output>(\"[^\"]*\"|[^:\"]++)*+)(?<rest>(:.*)?)", Pattern.DOTALL);

    String absolute(String value, WorkingDirectory directory) throws UnresolvablePathException;

    static String file(String value, WorkingDirectory directory) throws UnresolvablePathException {
        return value.isEmpty() ? value : directory.resolve(value, "");
    }

    /** An empty entry means the working directory. A wildcard is resolved as any other entry and stays one. */
    static String classPath(String value, WorkingDirectory directory) throws UnresolvablePathException {
        List<String> entries = new ArrayList<>();
        for (String entry : value.split(":", -1)) {
            entries.add(directory.resolve(entry, ":"));
        }
        return String.join(":", entries);
    }

    /** As {@link #classPath}, but empty entries at the end mean nothing. */
    static String modulePath(String value, WorkingDirectory directory) throws UnresolvablePathException {
        return classPath(value.replaceFirst(":+\\z", ""), directory);
    }

    /** Empty entries mean nothing. */
    static String list(String value, WorkingDirectory directory) throws UnresolvablePathException {
        List<String> entries = new ArrayList<>();
        for (String entry : value.split(":", -1)) {
            entries.add(entry.isEmpty() ? entry : directory.resolve(entry, ":"));
        }
        return String.join(":", entries);
    }

    /** {@code module=path:path}. */
    static String patch(String value, WorkingDirectory directory) throws UnresolvablePathException {
        int path = value.indexOf('=') + 1;
        return value.substring(0, path) + list(value.substring(path), directory);
    }

    /** {@code path[=options]}; the path becomes part of the class path too. */
    static String agentJar(String value, WorkingDirectory directory) throws UnresolvablePathException {
        return agent(value, directory, ":=");
    }

    /** {@code path[=options]}. */
    static String agentLibrary(String value, WorkingDirectory directory) throws UnresolvablePathException {
        return agent(value, directory, "=");
    }

    private static String agent(String value, WorkingDirectory directory, String separators)
            throws UnresolvablePathException {
        int equals = value.indexOf('=');
        int end = equals < 0 ? value.length() : equals;
        return directory.resolve(value.substring(0, end), separators) + value.substring(end);
    }

    /** A file or URL, where a second equals sign in front means "this one alone". */
    static String fileOrUrl(String value, WorkingDirectory directory) throws UnresolvablePathException {
        if (value.startsWith("=")) {
            return "=" + fileOrUrl(value.substring(1), directory);
        }
        return URL_OR_EXPANDED.matcher(value).matches() ? value : file(value, directory);
    }

    /** A key store: {@code NONE} means that there is no file. */
    static String store(String value, WorkingDirectory directory) throws UnresolvablePathException {
        return value.equals("NONE") ? value : file(value, directory);
    }

    /** {@code what:output:decorators:options}, see "Enable Logging" in java(1). */
    static String log(String value, WorkingDirectory directory) throws UnresolvablePathException {
        Matcher log = LOG.matcher(value);
        if (!log.matches()) {
            return value;
        }
        String output = log.group("output");
        boolean stream = Set.of("", "stdout", "stderr", "#0", "#1").contains(output);
        String file = output.replaceFirst("^file=", "").replace("\"", "");
        if (stream || file.startsWith("/")) {
            return value;
        }
        String absolute = directory.resolve(file, "\"");
        String quote = absolute.contains(":") ? "\"" : "";
        return log.group("what") + "file=" + quote + absolute + quote + log.group("rest");
    }

    /** {@code name=value,name=value}, see -XX:StartFlightRecording and -XX:FlightRecorderOptions in java(1). */
    static String recording(String value, WorkingDirectory directory) throws UnresolvablePathException {
        List<String> settings = new ArrayList<>();
        Matcher setting = SETTING.matcher(value);
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
