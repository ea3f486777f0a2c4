package org.daemonspec.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.daemonspec.internal.daemon.LogFiles;
import org.junit.jupiter.api.Test;

class HandoffTest {

    @Test
    void whatTheLauncherWritesTheDaemonReads() throws Exception {
        Handoff handoff = new Handoff(
                Handoff.newNonce(),
                "name\npid",
                Optional.of(Path.of("/run/a b%20c#d.pid")),
                new LogFiles(
                        Optional.empty(),
                        Optional.of(Path.of("/var/log/a b")),
                        0600,
                        Optional.of(new LogFiles.Rotation(1L << 40, 7))),
                6,
                7,
                8);

        assertThat(Handoff.fromBytes(handoff.toBytes())).isEqualTo(handoff);
    }

    @Test
    void aProcessThatWasHandedNothingIsNoDaemon() {
        assertThat(Handoff.inherited()).isEmpty();
        System.setProperty(Handoff.PROPERTY, "0123456789abcdef");
        try {
            assertThat(Handoff.inherited())
                    .as("the property alone is not enough")
                    .isEmpty();
        } finally {
            System.clearProperty(Handoff.PROPERTY);
        }
    }

    @Test
    void noncesDiffer() {
        assertThat(Handoff.newNonce()).hasSize(32).isNotEqualTo(Handoff.newNonce());
    }
}
