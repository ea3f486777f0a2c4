package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcStatusTest {

    @Test
    void aNameWithACarriageReturnIsNoLine() {
        ProcStatus status = ProcStatus.parse(
                "Name:\ta\rUid:\t0 0 0 0\nUid:\t5\t6\t7\t8\nNoNewPrivs:\t0\nName:\tx\rNoNewPrivs:\t1\n");

        assertThat(status.uids()).isEqualTo(List.of(5L, 6L, 7L, 8L));
        assertThat(status.noNewPrivileges()).isFalse();
    }
}
