package org.daemonspec.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentFileTest {

    @Test
    void aLineIsAVariableAndCommentsAndEmptyLinesAreNot() {
        assertThat(variables("# a comment\n; another\n\n  \nA=1\n  B = two words \t\nC=\n"))
                .isEqualTo(Map.of("A", "1", "B", "two words", "C", ""));
        assertThat(variables("A=1\nA=2")).isEqualTo(Map.of("A", "2"));
        assertThat(variables("A=1\n  ")).isEqualTo(Map.of("A", "1"));
        assertThat(variables("A=a=b#c;d")).isEqualTo(Map.of("A", "a=b#c;d"));
        assertThat(variables("A=1\r\nB=2\r\n")).isEqualTo(Map.of("A", "1", "B", "2"));
    }

    @Test
    void quotesAndBackslashesAreAsInSystemd() {
        assertThat(variables("A=' a \\ \"b\" '")).isEqualTo(Map.of("A", " a \\ \"b\" "));
        assertThat(variables("A=\" \\\"a\\\" \\\\ \\$HOME \\n \"")).isEqualTo(Map.of("A", " \"a\" \\ $HOME \\n "));
        assertThat(variables("A=a\\ \\\"b\\ ")).isEqualTo(Map.of("A", "a \"b "));
        assertThat(variables("A=pre\"quoted part\"post  ")).isEqualTo(Map.of("A", "pre\"quoted part\"post"));
        assertThat(variables("A=it's\nB=\\'x'")).isEqualTo(Map.of("A", "it's", "B", "'x'"));
        assertThat(variables("A=\"a\" 'b' c d \"e\" ")).isEqualTo(Map.of("A", "abc d \"e\""));
        assertThat(variables("A=$HOME")).isEqualTo(Map.of("A", "$HOME"));
    }

    @Test
    void linesAreJoinedByABackslashAndWithinQuotes() {
        assertThat(variables("A=one \\\ntwo\nB=3")).isEqualTo(Map.of("A", "one two", "B", "3"));
        assertThat(variables("A=one \\\n\nB=3\\")).isEqualTo(Map.of("A", "one ", "B", "3"));
        assertThat(variables("A=1\rB=2\\\r3")).isEqualTo(Map.of("A", "1", "B", "23"));
        assertThat(variables("A='one\ntwo'\nB=\"a\\\nb\"")).isEqualTo(Map.of("A", "one\ntwo", "B", "ab"));
    }

    @Test
    void everyLineThatMakesNoSenseIsNamedAndTheOthersCount() {
        EnvironmentFile file = EnvironmentFile.parse("A=1\nnonsense\nexport B=2\n=3\n9C=4\nD=5\nE='open\n", "env");

        assertThat(file.variables()).containsEntry("A", "1").containsEntry("D", "5");
        assertThat(file.problems())
                .hasSize(5)
                .allMatch(problem -> problem.startsWith("environmentFile env: line "))
                .anyMatch(problem -> problem.contains("line 2: there is no '='"))
                .anyMatch(problem -> problem.contains("line 3: the name"))
                .anyMatch(problem -> problem.contains("line 7: the quote ' is never closed"));
    }

    @Test
    void aFileThatCannotBeReadIsOneProblem(@TempDir Path directory) throws Exception {
        assertThat(EnvironmentFile.read(directory.resolve("none"), Optional.empty())
                        .problems())
                .singleElement()
                .asString()
                .contains("none: ENOENT");
        Path loop = Files.createSymbolicLink(directory.resolve("loop"), directory.resolve("loop"));
        assertThat(EnvironmentFile.read(loop, Optional.empty()).problems())
                .containsExactly("environmentFile " + loop
                        + ": ELOOP (Too many levels of symbolic links); name a file that this user may read.");
        assertThat(EnvironmentFile.read(directory, Optional.empty()).problems())
                .singleElement()
                .asString()
                .contains("no regular file");
        Path file = Files.writeString(directory.resolve("file"), "A=ä");
        assertThat(EnvironmentFile.read(file, Optional.empty()).variables()).isEqualTo(Map.of("A", "Ã¤"));
    }

    private static Map<String, String> variables(String text) {
        EnvironmentFile file = EnvironmentFile.parse(text, "env");
        assertThat(file.problems()).isEmpty();
        return file.variables();
    }
}
