package org.daemonspec.internal.launch;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A file of variables is read, or its lines are refused with reasons; and each value can be written in it. */
public final class EnvironmentFileFuzz {

    private EnvironmentFileFuzz() {}

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        String text = new String(data.consumeRemainingAsBytes(), StandardCharsets.ISO_8859_1);
        EnvironmentFile file = EnvironmentFile.parse(text, "env");
        for (Map.Entry<String, String> variable : file.variables().entrySet()) {
            if (!variable.getKey().matches("[A-Za-z_][A-Za-z0-9_]*")
                    || variable.getValue().contains("\0")) {
                throw new AssertionError("no variable: " + variable);
            }
        }
        for (String problem : file.problems()) {
            if (!problem.matches("environmentFile env: line [1-9][0-9]*: .*\\.")) {
                throw new AssertionError("no sentence: " + problem);
            }
        }
        String value = text.replace("\0", "");
        String quoted = "\"" + value.replaceAll("[\"\\\\$`]", "\\\\$0") + "\"";
        checkRead(
                "A=" + quoted + "\nB='" + value.replace("'", "'\"'\"'") + "'\r\nC=c",
                Map.of("A", value, "B", value, "C", "c"));
        String escaped = value.replaceAll("[\n\r]", "").replaceAll("(?s).", "\\\\$0");
        checkRead("A= " + escaped + " \t\nC=c", Map.of("A", value.replaceAll("[\n\r]", ""), "C", "c"));
    }

    private static void checkRead(String text, Map<String, String> meant) {
        EnvironmentFile file = EnvironmentFile.parse(text, "env");
        if (!file.problems().isEmpty() || !file.variables().equals(meant)) {
            throw new AssertionError("'" + text + "' is read as " + file + ", and meant " + meant);
        }
    }
}
