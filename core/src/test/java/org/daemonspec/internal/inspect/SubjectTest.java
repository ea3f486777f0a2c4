package org.daemonspec.internal.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SubjectTest {

    @Test
    void aJvmIsOneAlsoWhenItsJdkHasBeenUpdated() {
        String mapping = "7f0a-7f0b r-xp 00000000 08:01 4711        /usr/lib/jvm/jdk-25/lib/server/libjvm.so";

        assertThat(Subject.isOfHotSpot(mapping)).isTrue();
        assertThat(Subject.isOfHotSpot(mapping + " (deleted)")).isTrue();
        assertThat(Subject.isOfHotSpot(mapping + ".bak")).isFalse();
    }
}
