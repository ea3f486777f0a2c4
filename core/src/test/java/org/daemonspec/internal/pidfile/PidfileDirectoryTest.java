package org.daemonspec.internal.pidfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daemonspec.internal.posix.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidfileDirectoryTest {

    @TempDir
    Path directory;

    @Test
    void whatIsMissingIsMadeAndTakenAwayAgain() {
        Path outer = directory.resolve("outer");
        Path inner = outer.resolve("inner");

        List<Path> made = make(inner.resolve("program.pid"));

        assertThat(made).containsExactly(outer, inner);
        assertThat(inner).isEmptyDirectory();
        PidfileDirectory.remove(made);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whatIsThereIsNotMadeAndSoNotTakenAway() throws Exception {
        Path outer = Files.createDirectory(directory.resolve("outer"));

        assertThat(make(outer.resolve("program.pid"))).isEmpty();
        assertThat(make(outer.resolve("inner/program.pid"))).containsExactly(outer.resolve("inner"));
    }

    @Test
    void whatSomebodyUsesIsNotTakenAway() throws Exception {
        Path outer = directory.resolve("outer");
        List<Path> made = make(outer.resolve("inner/program.pid"));
        Path used = Files.createFile(outer.resolve("used"));

        PidfileDirectory.remove(made);

        assertThat(outer).isDirectoryContaining(entry -> entry.equals(used));
        assertThat(outer.resolve("inner")).doesNotExist();
    }

    @Test
    void ifItCannotBeMadeNothingStays() throws Exception {
        Path tooLong = directory.resolve("outer").resolve("x".repeat(256));

        assertThatExceptionOfType(PidfileException.class)
                .isThrownBy(() -> make(tooLong.resolve("program.pid")))
                .withMessageStartingWith("mkdir " + tooLong);

        assertThat(directory).isEmptyDirectory();
    }

    private static List<Path> make(Path pidfile) {
        try (Posix posix = Posix.open()) {
            return PidfileDirectory.make(posix, pidfile);
        }
    }
}
