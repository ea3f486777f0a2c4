package org.daemonspec.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {

    @TempDir
    Path directory;

    @Test
    void onlyWhatWasWrittenSinceTheStartIsShown() throws Exception {
        Path log = Files.writeString(directory.resolve("log"), "old\nnew one\n\nnew two\n");

        assertThat(new LogTail(log, 4, "log").read()).isEqualTo("\nlog:\n    new one\n    new two");
    }

    @Test
    void aLongLogIsCutToItsLastLines() throws Exception {
        String lines =
                IntStream.range(0, 10_000).mapToObj(i -> "line " + i).collect(Collectors.joining("\n", "", "\n"));
        Path log = Files.writeString(directory.resolve("log"), lines);

        assertThat(new LogTail(log, 0, "log").read().lines())
                .hasSize(22)
                .contains("    line 9999", "    line 9980")
                .doesNotContain("    line 9979");
    }

    @Test
    void aLogThatWasTruncatedMeanwhileIsShownFromItsBeginning() throws Exception {
        Path log = Files.writeString(directory.resolve("log"), "fresh\n");

        assertThat(new LogTail(log, 1000, "log").read()).contains("fresh");
    }

    @Test
    void whatMovesACursorIsNotForATerminal() throws Exception {
        Path log = Files.writeString(directory.resolve("log"), "a\u001b[2Jb\tc\u0007\n");

        assertThat(new LogTail(log, 0, "log").read()).isEqualTo("\nlog:\n    a\ufffd[2Jb\tc\ufffd");
    }

    @Test
    void nothingWrittenOrNothingThereIsNothing() throws Exception {
        Path log = Files.writeString(directory.resolve("log"), "old\n");

        assertThat(new LogTail(log, 4, "log").read()).isEmpty();
        assertThat(new LogTail(directory.resolve("none"), 0, "log").read()).isEmpty();
    }
}
