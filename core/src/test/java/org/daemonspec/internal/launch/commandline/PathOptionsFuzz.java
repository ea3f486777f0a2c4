package org.daemonspec.internal.launch.commandline;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** An option that has been made absolute stays what it is in any other directory, or is refused with a reason. */
public final class PathOptionsFuzz {

    private static final List<String> PREFIXES = List.of(
            "",
            "--class-path=",
            "--module-path=",
            "-Xbootclasspath/a:",
            "--patch-module=",
            "-javaagent:",
            "-agentpath:",
            "-Xlog:",
            "-XX:StartFlightRecording=",
            "-XX:FlightRecorderOptions:",
            "-XX:ErrorFile=",
            "-Djava.security.policy=",
            "-Djavax.net.ssl.keyStore=",
            "-agentlib:jdwp=",
            "-Dcom.sun.management.jmxremote.port=");

    private static final List<String> DIRECTORIES = List.of("/nowhere", "/", "/no \"where", "/no:where", "/no=,where'");

    private PathOptionsFuzz() {}

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        WorkingDirectory directory = new WorkingDirectory(data.pickValue(DIRECTORIES));
        String prefix = data.pickValue(PREFIXES);
        String option =
                prefix + new String(data.consumeRemainingAsBytes(), StandardCharsets.ISO_8859_1).replace("\0", "");
        if (prefix.equals("--patch-module=")
                && !option.substring(prefix.length()).contains("=")) {
            return; // with this, no JVM runs
        }
        if (prefix.contains("Flight") && (isOdd(option, '"') || isOdd(option, '\''))) {
            return; // with a quote that is never closed, neither
        }
        HeldPort.takenBy(option);
        try {
            String absolute = PathOptions.absolute(option, directory);
            String elsewhere = PathOptions.absolute(absolute, new WorkingDirectory("/elsewhere"));
            if (!elsewhere.equals(absolute)) {
                throw new AssertionError(option + " became " + absolute + ", and elsewhere " + elsewhere);
            }
        } catch (UnresolvablePathException e) {
            if (e.reason().isBlank()) {
                throw new AssertionError("no reason", e);
            }
        }
    }

    private static boolean isOdd(String text, char quote) {
        return text.chars().filter(c -> c == quote).count() % 2 == 1;
    }
}
