package org.daemonspec.internal.launch.commandline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Starts a {@link CommandLineProbe} through a shell script, byte for byte as asked. All strings are byte strings. */
record ProbeStart(Path scratch, String directory, Map<String, String> environment, List<String> words) {

    ProbeStart with(String variable, String value) {
        Map<String, String> changed = new TreeMap<>(environment);
        changed.put(variable, value);
        return new ProbeStart(scratch, directory, changed, words);
    }

    /** What the probe said. */
    record Report(Map<String, List<String>> lines) {

        List<String> arguments() {
            return get("arguments");
        }

        List<String> decodedArguments() {
            return get("decoded");
        }

        List<String> inForce() {
            return get("inForce");
        }

        List<String> command() {
            return get("command");
        }

        List<String> problems() {
            return get("problems");
        }

        List<String> notices() {
            return get("notices");
        }

        Map<String, String> environment() {
            Map<String, String> variables = new TreeMap<>();
            for (String variable : get("environment")) {
                int equals = variable.indexOf('=');
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
            return variables;
        }

        /** How to start what the probe would start, from the root directory. */
        ProbeStart next(Path scratch) {
            assertThat(problems()).isEmpty();
            return new ProbeStart(scratch, "/", environment(), command());
        }

        private List<String> get(String name) {
            return lines.getOrDefault(name, List.of());
        }
    }

    Report run() throws IOException, InterruptedException {
        Path errors = Files.createTempFile(scratch, "stderr", "");
        Process process = builder()
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectError(errors.toFile())
                .start();
        try (BufferedReader output = process.inputReader(ISO_8859_1)) {
            Report report = read(output);
            assertThat(process.waitFor()).as(() -> text(errors)).isZero();
            return report;
        }
    }

    ProcessBuilder builder() throws IOException {
        List<String> command = new ArrayList<>(List.of("env", "-i"));
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(words);
        String quoted =
                String.join(" ", command.stream().map(ProbeStart::quoted).toList());
        Path script = Files.createTempFile(scratch, "start", ".sh");
        Files.writeString(script, "cd " + quoted(directory) + " && exec " + quoted, ISO_8859_1);
        return new ProcessBuilder("/bin/sh", script.toString());
    }

    static Report read(BufferedReader output) throws IOException {
        Map<String, List<String>> lines = new HashMap<>();
        for (String line = output.readLine(); line != null && !line.equals("end:"); line = output.readLine()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                lines.put(line.substring(0, colon), strings(line.substring(colon + 1)));
            }
        }
        return new Report(lines);
    }

    private static List<String> strings(String hex) {
        String bytes = new String(HexFormat.of().parseHex(hex), ISO_8859_1);
        List<String> strings = new ArrayList<>(List.of(bytes.split("\0", -1)));
        strings.removeLast();
        return strings;
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
