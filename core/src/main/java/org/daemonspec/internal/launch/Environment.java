package org.daemonspec.internal.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** This process's environment as byte strings, so that values in any encoding pass unchanged. */
final class Environment {

    private Environment() {}

    static Map<String, String> ofThisProcess() {
        try {
            return parse(Files.readString(Path.of("/proc/self/environ"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException("read /proc/self/environ: " + e.getMessage() + "; mount /proc.", e);
        }
    }

    static Map<String, String> parse(String block) {
        Map<String, String> environment = new TreeMap<>();
        for (String entry : block.split("\0", -1)) {
            int equals = entry.indexOf('=', 1); // as the JDK does: a name may begin with '='
            if (equals > 0) {
                environment.putIfAbsent(
                        entry.substring(0, equals), entry.substring(equals + 1)); // getenv(3): the first
            }
        }
        return environment;
    }

    /** As execve(2) takes it. */
    static List<String> toBlock(Map<String, String> environment) {
        return environment.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
    }
}
