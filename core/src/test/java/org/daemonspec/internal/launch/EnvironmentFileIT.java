package org.daemonspec.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Values are what systemd's own parser makes of them: its generator for environment.d(5) reads files with the parser of {@code
 * EnvironmentFile=}, and prints what it has read. Other than there, it expands {@code $}, so there is none here.
 */
class EnvironmentFileIT {

    private static final Path GENERATOR =
            Path.of("/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator");

    private static final String CHARACTERS = "  \t\"\"''\\\\\n\r#;=abz/`&|";

    private static final long SEED = 2026;
    private static final int TRIES = Integer.getInteger("daemonspec.fuzz.files", 600);
    private static final int LONGEST = 12;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    @Test
    void aValueIsWhatSystemdReads() throws Exception {
        assertThat(GENERATOR).as("of Debian's package systemd").isExecutable();
        Map<String, String> texts = new TreeMap<>();
        Map<String, String> read = new TreeMap<>();
        Path files = Files.createDirectories(directory.resolve("environment.d"));
        Random random = new Random(SEED);
        for (int i = 0; i < TRIES; i++) {
            String name = String.format("V%06d", i);
            String value = value(random);
            EnvironmentFile file = EnvironmentFile.parse(name + "=" + value, name);
            if (file.problems().isEmpty()
                    && file.variables().keySet().equals(Map.of(name, "").keySet())) {
                texts.put(name, value);
                read.putAll(file.variables());
                Files.writeString(files.resolve(name + ".conf"), name + "=" + value);
            }
        }

        Map<String, String> systemds = systemds();
        systemds.keySet().retainAll(texts.keySet());

        assertThat(read).hasSizeGreaterThan(TRIES / 4);
        for (Map.Entry<String, String> text : texts.entrySet()) {
            assertThat(read.get(text.getKey()))
                    .as("seed %d: %s", SEED, text)
                    .isEqualTo(systemds.getOrDefault(text.getKey(), "")); // of an empty one, it says nothing
        }
    }

    private static String value(Random random) {
        StringBuilder value = new StringBuilder();
        for (int left = random.nextInt(LONGEST); left > 0; left--) {
            value.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
        }
        return value.toString();
    }

    private Map<String, String> systemds() throws Exception {
        ProcessBuilder generator = processes.builder(List.of(GENERATOR.toString()));
        generator.environment().put("XDG_CONFIG_HOME", directory.toString());
        Finished finished = processes.run(generator);
        assertThat(finished.exitCode()).as(finished.err()).isZero();
        Map<String, String> variables = new TreeMap<>();
        for (String line : finished.out().split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                variables.put(line.substring(0, equals), unquoted(line.substring(equals + 1)));
            }
        }
        return variables;
    }

    /** In double quotes with the escapes of C, where that is needed. */
    private static String unquoted(String value) {
        if (!value.startsWith("\"")) {
            return value;
        }
        StringBuilder plain = new StringBuilder();
        for (int i = 1; i < value.length() - 1; i++) {
            char c = value.charAt(i);
            if (c != '\\') {
                plain.append(c);
            } else {
                i++;
                int escape = "abfnrtvs".indexOf(value.charAt(i));
                if (value.charAt(i) == 'x') {
                    plain.append((char) Integer.parseInt(value, i + 1, i + 3, 16));
                    i += 2;
                } else if (Character.digit(value.charAt(i), 8) >= 0) {
                    plain.append((char) Integer.parseInt(value, i, i + 3, 8));
                    i += 2;
                } else {
                    plain.append(escape < 0 ? value.charAt(i) : "\u0007\b\f\n\r\t\u000B ".charAt(escape));
                }
            }
        }
        return new String(plain.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
