package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnPidTest {

    @Test
    void isThatOfThisProcess() {
        assertThat(OwnPid.get()).isEqualTo(ProcessHandle.current().pid());
    }

    @Test
    void isTheInnermostOne() {
        assertThat(OwnPid.parse("Name:\tjava\nPid:\t4711\nNSpid:\t4711\t12\t1\nNSpgid:\t4711\t12\t1\n"))
                .isEqualTo(1);
    }

    @Test
    void isNotWhatANameSays() {
        assertThat(OwnPid.parse("Name:\tx\\nNSpid:\t9\nPid:\t4711\nNSpid:\t4711\nNSpgid:\t1\n"))
                .isEqualTo(4711);
    }

    @Test
    void isKnownWithoutTheFieldToo() {
        assertThat(OwnPid.parse("Name:\tjava\nPid:\t4711\n"))
                .isEqualTo(ProcessHandle.current().pid());
    }
}
