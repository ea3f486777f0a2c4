package org.daemonspec.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatusTest {

    private static final int PIPE_BUF = 4096;

    @Test
    void everyStatusSurvivesThePipe() {
        assertThat(Status.fromBytes(new Status.Ready().toBytes())).isEqualTo(new Status.Ready());
        assertThat(Status.fromBytes(new Status.Failed("für nichts").toBytes()))
                .isEqualTo(new Status.Failed("für nichts"));
        assertThat(Status.fromBytes(new byte[0])).isEqualTo(new Status.Died());
    }

    @Test
    void aLongReasonIsCutToOneWrite() {
        byte[] message = new Status.Failed("\u65e5".repeat(5000)).toBytes();
        assertThat(message.length).isLessThanOrEqualTo(PIPE_BUF);
        assertThat(Status.fromBytes(message)).isInstanceOf(Status.Failed.class);
    }
}
