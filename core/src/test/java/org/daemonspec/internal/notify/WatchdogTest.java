package org.daemonspec.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchdogTest {

    @Test
    void theTimeIsInMicroseconds() {
        assertThat(Watchdog.timeout("1500000", null, 7)).contains(Duration.ofMillis(1500));
        assertThat(Watchdog.timeout("1500000", "", 7)).contains(Duration.ofMillis(1500));
        assertThat(Watchdog.timeout("1500000", "7", 7)).contains(Duration.ofMillis(1500));
        assertThat(Watchdog.timeout(Long.toString(Long.MAX_VALUE), null, 7)).isPresent();
    }

    @Test
    void thereAreTwoSignsOfLifeInTheTime() {
        Watchdog.Listener nobody = new Watchdog.Listener() {
            @Override
            public void alive() {}

            @Override
            public void unhealthy(Throwable reason) {}

            @Override
            public boolean isUp() {
                return true;
            }
        };

        assertThat(new Watchdog(Duration.ofSeconds(3), nobody).interval()).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void withoutATimeOrForAnotherProcessThereIsNone() {
        assertThat(Watchdog.timeout(null, null, 7)).isEmpty();
        assertThat(Watchdog.timeout(null, "7", 7)).isEmpty();
        assertThat(Watchdog.timeout("", "7", 7)).isEmpty();
        assertThat(Watchdog.timeout("1500000", "8", 7)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0,", "-1,", "1s,", "1500000,self", "99999999999999999999,", "1500000,0"})
    void whatIsNoNumberIsSaid(String time, @Nullable String process) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Watchdog.timeout(time, process, 7))
                .withMessageMatching("WATCHDOG_(USEC|PID)=.*: not a positive number; .*");
    }
}
