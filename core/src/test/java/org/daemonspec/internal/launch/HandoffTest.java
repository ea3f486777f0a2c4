package org.daemonspec.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.daemonspec.internal.daemon.LogFiles;
import org.daemonspec.internal.socket.HandedSocket;
import org.daemonspec.internal.socket.SocketFile;
import org.junit.jupiter.api.Test;

class HandoffTest {

    @Test
    void whatTheLauncherWritesTheDaemonReads() throws Exception {
        Handoff handoff = new Handoff(
                Handoff.newMark(8),
                "name\npid",
                Optional.of(Path.of("/run/a b%20c#d.pid")),
                new LogFiles(
                        Optional.empty(),
                        Optional.of(Path.of("/var/log/a b")),
                        0600,
                        Optional.of(new LogFiles.Rotation(1L << 40, 7))),
                new Numbering(3, 8, 9, 10, 11, 12, List.of(13, 14)),
                true,
                false,
                new TreeSet<>(Set.of(4, 5000)),
                List.of(
                        new HandedSocket("http", 13, Optional.empty()),
                        new HandedSocket(
                                "echo.sock",
                                14,
                                Optional.of(new SocketFile(Path.of("/run/ä b.sock"), 8, 1, 1L << 40)))),
                11,
                12);

        assertThat(Handoff.fromBytes(handoff.toBytes())).isEqualTo(handoff);
    }

    @Test
    void aProcessThatWasHandedNothingIsNoDaemon() {
        assertThat(Handoff.inherited()).isEmpty();
        System.setProperty(Handoff.PROPERTY, "0:0123456789abcdef");
        try {
            assertThat(Handoff.inherited())
                    .as("the property alone is not enough")
                    .isEmpty();
        } finally {
            System.clearProperty(Handoff.PROPERTY);
        }
    }

    @Test
    void whatIsNoHandoffIsNone() {
        byte[] withoutPath = {0, 0, 0, 0, 1, 0, 0};

        assertThatThrownBy(() -> Handoff.fromBytes(withoutPath))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no handoff");
    }

    @Test
    void noncesDiffer() {
        assertThat(Handoff.newMark(4)).matches("4:[0-9a-f]{32}").isNotEqualTo(Handoff.newMark(4));
    }
}
