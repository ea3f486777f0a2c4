package org.daemonspec.internal.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.yaml.snakeyaml.Yaml;

/** Words that are written to a file are read as what they were, by the programs that read such files. */
class QuotingIT {

    private static final String AWKWARD =
            " \t\n\"'\\$%;#&|<>*?~`!{}[]()=:@-+^,./aZ0\u00e4\u20ac\uD83D\uDE00\u007f\u0001";

    @RegisterExtension
    final Processes processes = new Processes();

    @Test
    void aShellReadsEachWordAsItIs() throws Exception {
        List<String> words = words();

        Process shell = processes
                .builder(List.of("sh", "-c", "printf '%s\\0' " + ShellSyntax.command(words)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();

        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).isZero();
        assertThat(Arrays.asList(output.split("\0", -1)).subList(0, words.size()))
                .isEqualTo(words);
    }

    @Test
    void aYamlParserReadsEachStringAsItIs() {
        List<String> words = words();

        assertThat(new Yaml().<Object>load(Json.list(words))).isEqualTo(words);
        assertThat(new Yaml().<Object>load("key: " + Json.string(AWKWARD)).toString())
                .contains(AWKWARD);
    }

    private static List<String> words() {
        List<String> words =
                new ArrayList<>(List.of("", "-n", "~root", "a=b", "$HOME", "%n", "yes", "1e3", "\\", "'", "\"'"));
        Random random = new Random(18);
        int[] characters = AWKWARD.codePoints().toArray();
        for (int i = 0; i < 300; i++) {
            StringBuilder word = new StringBuilder();
            for (int left = random.nextInt(9); left > 0; left--) {
                word.appendCodePoint(characters[random.nextInt(characters.length)]);
            }
            words.add(word.toString());
        }
        return words;
    }
}
