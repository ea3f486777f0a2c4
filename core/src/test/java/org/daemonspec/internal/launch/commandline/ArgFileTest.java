package org.daemonspec.internal.launch.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** See {@link RestartedJvmTest} for the comparison with what a real launcher reads. */
class ArgFileTest {

    @Test
    void everyStringSurvivesFormatAndParse() {
        String alphabet = " \t\f\n\r\"'\\#@=-nrtf\u0001\u00ff\u0080a";
        Random random = new Random(4711);
        for (int round = 0; round < 2_000; round++) {
            List<String> arguments = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                arguments.add(randomString(random, alphabet));
            }
            assertThat(ArgFile.parse(ArgFile.format(arguments))).isEqualTo(arguments);
        }
    }

    private static String randomString(Random random, String alphabet) {
        StringBuilder string = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            string.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return string.toString();
    }

    @Test
    void commentsEndWithTheLine() {
        assertThat(ArgFile.parse("# c 'd\na # \"b\r c")).containsExactly("a", "c");
    }

    @Test
    void aCommentInMidWordDropsWhatIsInTheSamePieceOfTheFile() {
        assertThat(ArgFile.parse("x".repeat(4095) + "#\na")).containsExactly("a");
        assertThat(ArgFile.parse("x".repeat(4096) + "#\na")).containsExactly("x".repeat(4096) + "a");
        assertThat(ArgFile.parse("x".repeat(4096) + "y#\na")).containsExactly("x".repeat(4096) + "a");
    }

    @Test
    void anEmptyWordAtTheEndOfTheFileCountsIfThereIsABackslashInIt() {
        assertThat(ArgFile.parse("a \"\"")).containsExactly("a");
        assertThat(ArgFile.parse("a \"\\\n\"")).containsExactly("a", "");
    }

    @Test
    void backslashIsAnEscapeWithinQuotesOnly() {
        assertThat(ArgFile.parse("a\\b \"c\\\\d\\te\\\"\"")).containsExactly("a\\b", "c\\d\te\"");
    }

    @Test
    void backslashAtTheEndOfALineContinuesAQuotedWord() {
        assertThat(ArgFile.parse("\"a:\\\n   \t b\"")).containsExactly("a:b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n\t", "# only a comment", "\"\""})
    void fileMayHoldNothing(String contents) {
        assertThat(ArgFile.parse(contents)).isEmpty(); // "" needs a character after it, says libjli
    }

    @Test
    void longestArgumentOfTheKernelNeedsNoFile() {
        assertThat(ArgFile.isNeededFor(List.of("x".repeat(131_071)))).isFalse();
        assertThat(ArgFile.isNeededFor(List.of("x".repeat(131_072)))).isTrue();
        assertThat(ArgFile.isNeededFor(List.of("x".repeat(100_000), "x".repeat(100_000))))
                .isTrue();
    }
}
