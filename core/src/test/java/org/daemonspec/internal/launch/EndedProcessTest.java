package org.daemonspec.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class EndedProcessTest {

    @Test
    void aWaitStatusIsAnExitStatusOrASignal() {
        assertThat(ended(256)).isEqualTo("exit status 1");
        assertThat(ended(9)).startsWith("killed by SIGKILL");
        assertThat(ended(15)).isEqualTo("killed by SIGTERM");
        assertThat(ended(134)).startsWith("killed by SIGABRT");
        assertThat(new EndedProcess(OptionalInt.empty())).asString().startsWith("exit status unknown");
    }

    private static String ended(int waitStatus) {
        return new EndedProcess(OptionalInt.of(waitStatus)).toString();
    }
}
