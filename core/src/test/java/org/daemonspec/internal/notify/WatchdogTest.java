package org.daemonspec.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
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
        assertThat(new Watchdog(Duration.ofSeconds(3), new Signs()).interval()).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void theTimeIsNotOverBetweenTwoSignsOfLife() throws Exception {
        Signs signs = new Signs();
        Duration timeout = Duration.ofSeconds(4);
        new Watchdog(timeout, signs).start();

        long first = signs.times.take();
        Duration between = Duration.ofNanos(signs.times.take() - first);

        assertThat(between).isBetween(Duration.ofMillis(1900), timeout.minusNanos(1));
    }

    /** Of a service that is well. */
    private static final class Signs implements Watchdog.Listener {

        private final BlockingQueue<Long> times = new LinkedBlockingQueue<>();

        @Override
        public void alive() {
            times.add(System.nanoTime());
        }

        @Override
        public void unhealthy(Throwable reason) {
            throw new AssertionError(reason);
        }

        @Override
        public boolean isUp() {
            return true;
        }
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
