package org.daemonspec.internal.socket;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.FileStatus;
import org.daemonspec.internal.posix.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixListenerTest {

    @TempDir
    Path directory;

    @Test
    void aFileThatHasAnotherNameAsWellIsNotTheOneThatWasJustMade() throws Exception {
        Path file = directory.resolve("a.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(file));
            UnixListener.requireNew(file, status(file));

            Path link = Files.createLink(directory.resolve("b.sock"), file);

            assertThatThrownBy(() -> UnixListener.requireNew(link, status(link)))
                    .isInstanceOf(RefusedSocketException.class)
                    .hasMessageContaining("somebody has put another file in its place");
        }
    }

    @Test
    void aFileThatIsNoSocketIsNotTheOneThatWasJustMade() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> UnixListener.requireNew(file, status(file)))
                .isInstanceOf(RefusedSocketException.class);
    }

    private static FileStatus status(Path file) {
        try (Posix posix = Posix.open()) {
            return posix.status(ByteString.of(file)).orElseThrow();
        }
    }
}
