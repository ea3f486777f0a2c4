package org.daemonspec.internal.pidfile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PidfileTextTest {

    @Test
    void thePidIsInTheFirstLineWithOrWithoutItsEnd() {
        assertThat(PidfileText.of("4711\n").pid()).hasValue(4711);
        assertThat(PidfileText.of("4711").pid()).hasValue(4711);
        assertThat(PidfileText.of("4711\n/var/lib/data\n").pid()).hasValue(4711);
        assertThat(PidfileText.of("").pid()).isEmpty();
        assertThat(PidfileText.of("\n4711\n").pid()).isEmpty();
        assertThat(PidfileText.of("pid 4711\n").pid()).isEmpty();
    }

    @Test
    void itIsKnownWhetherTheLineIsWholeAndTheOnlyOne() {
        assertThat(PidfileText.of("4711\n")).isEqualTo(new PidfileText("4711", true, true));
        assertThat(PidfileText.of("4711")).isEqualTo(new PidfileText("4711", false, true));
        assertThat(PidfileText.of("4711\nmore\n")).isEqualTo(new PidfileText("4711", true, false));
    }
}
