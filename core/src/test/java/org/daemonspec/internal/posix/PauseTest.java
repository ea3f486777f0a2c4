package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PauseTest {

    /** Of which poll(2) would take each but the first and the second for "for ever". */
    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-0.0001S", "PT-0.005S", "PT-1S", "PT-1000H"})
    @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aTimeThatIsOverIsNone(String duration) {
        try (Posix posix = Posix.open()) {
            posix.pause(Duration.parse(duration));
        }
    }

    @Test
    void anyOtherIsKept() {
        long start = System.nanoTime();
        try (Posix posix = Posix.open()) {
            posix.pause(Duration.ofMillis(30));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(29));
    }
}
