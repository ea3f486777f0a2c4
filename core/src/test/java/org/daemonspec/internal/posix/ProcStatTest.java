package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcStatTest {

    private static final String AFTER_STATE =
            " 1 12 11 34816 -1 4194560 0 0 0 0 0 0 0 0 20 -5 1 0 4711 8192 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 1 7 2 0 0 0 0"
                    + " 0 0 0 0 0 0 9\n";

    @Test
    void everyFieldIsWhereTheManPageSays() {
        assertThat(ProcStat.parse("12 (java) Z" + AFTER_STATE))
                .isEqualTo(new ProcStat("java", 'Z', 1, 12, 11, 34816, -5, 1, 4711, 8192, 7, 2, 9));
    }

    @Test
    void aProcessWithoutMemoryIsOnItsWayOut() {
        assertThat(ProcStat.parse("12 (java) S" + AFTER_STATE).isEnding()).isFalse();
        assertThat(ProcStat.parse("12 (java) R" + AFTER_STATE.replace("8192", "0"))
                        .isEnding())
                .isTrue();
        assertThat(ProcStat.parse("12 (java) Z" + AFTER_STATE).isEnding()).isTrue();
    }

    @Test
    void aNameWithParenthesesAndBlanksMisleadsNobody() {
        assertThat(ProcStat.parse("12 (a) Z 9 (b) S" + AFTER_STATE).isZombie()).isFalse();
        assertThat(ProcStat.parse("12 (a) S (b) Z" + AFTER_STATE).isZombie()).isTrue();
    }

    @Test
    void aProcessWhoseFirstThreadHasEndedIsNoZombie() {
        String withOthers = AFTER_STATE.replace(" 20 -5 1 0 4711", " 20 -5 12 0 4711");

        assertThat(ProcStat.parse("12 (java) Z" + withOthers).threads()).isEqualTo(12);
        assertThat(ProcStat.parse("12 (java) Z" + withOthers).isZombie()).isFalse();
    }

    @Test
    void ofAProcessThatIsNotThereThereIsNothing() {
        assertThat(ProcStat.of(ProcessHandle.current().pid())).isPresent();
        assertThat(ProcStat.of(4_194_305)).isEmpty();
    }
}
