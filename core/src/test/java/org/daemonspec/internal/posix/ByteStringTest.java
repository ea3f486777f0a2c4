package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteStringTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"plain", "two words", "50%", "a#b?c", "gr\u00c3\u00bcn", "\u00ff\u00fe no text"})
    void theBytesOfAPathSurviveInBothDirections(String name) throws Exception {
        String bytes = ByteString.of(directory) + "/" + name;
        Path path = ByteString.toPath(bytes);

        assertThat(ByteString.of(path)).as("before it exists").isEqualTo(bytes);
        Files.createDirectory(path);
        assertThat(ByteString.of(path)).as("as a directory").isEqualTo(bytes);
    }

    @Test
    void aRelativePathIsMadeAbsoluteAndTheRootStaysOneSlash() {
        assertThat(ByteString.of(Path.of("/"))).isEqualTo("/");
        assertThat(ByteString.of(Path.of("x"))).isEqualTo(ByteString.of(Path.of("")) + "/x");
    }

    @Test
    void whatTheLocaleCannotWriteIsRefusedAndNotReplaced() {
        // A lone surrogate is a character in no encoding, whatever the locale of the test.
        assertThatExceptionOfType(ByteString.UnencodableException.class)
                .isThrownBy(() -> ByteString.encode("a\ud800b"))
                .withMessageContaining("LC_ALL=C.UTF-8");
    }
}
