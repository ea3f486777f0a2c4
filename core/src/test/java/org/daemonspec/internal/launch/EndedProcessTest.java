package org.daemonspec.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EndedProcessTest {

    @Test
    void aZombieTellsItsExitStatusOrItsSignal() {
        assertThat(EndedProcess.parse("12 (java) Z 1 12 12 0 -1 0 256\n")).hasToString("Optional[exit status 1]");
        assertThat(EndedProcess.parse("12 (java) Z 1 12 12 0 -1 0 9"))
                .get()
                .asString()
                .startsWith("killed by SIGKILL");
        assertThat(EndedProcess.parse("12 (java) Z 1 12 12 0 -1 0 15")).hasToString("Optional[killed by SIGTERM]");
        assertThat(EndedProcess.parse("12 (java) Z 1 12 12 0 -1 0 134"))
                .get()
                .asString()
                .startsWith("killed by SIGABRT");
    }

    @Test
    void aNameWithParenthesesAndBlanksMisleadsNobody() {
        assertThat(EndedProcess.parse("12 (a) Z 9 (b) S 1 12 12 0 -1 0 256")).isEmpty();
        assertThat(EndedProcess.parse("12 (a) S (b) Z 1 12 12 0 -1 0 512")).hasToString("Optional[exit status 2]");
    }
}
