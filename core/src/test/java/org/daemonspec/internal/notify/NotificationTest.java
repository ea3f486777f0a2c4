package org.daemonspec.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class NotificationTest {

    @Test
    void messagesAreLinesOfAssignments() {
        assertThat(Notification.ready(OptionalLong.empty()).text()).isEqualTo("READY=1");
        assertThat(Notification.ready(OptionalLong.of(7)).text()).isEqualTo("READY=1\nMAINPID=7");
        assertThat(Notification.reloading(123).text()).isEqualTo("RELOADING=1\nMONOTONIC_USEC=123");
        assertThat(Notification.stopping().text()).isEqualTo("STOPPING=1");
        assertThat(Notification.status("up").text()).isEqualTo("STATUS=up");
        assertThat(Notification.alive().text()).isEqualTo("WATCHDOG=1");
        assertThat(Notification.unhealthy("ill").text()).isEqualTo("STATUS=ill\nWATCHDOG=trigger");
        assertThat(Notification.failed("why", OptionalInt.of(2), 1).text())
                .isEqualTo("STATUS=why\nERRNO=2\nEXIT_STATUS=1");
        assertThat(Notification.failed("why", OptionalInt.empty(), 7).text()).isEqualTo("STATUS=why\nEXIT_STATUS=7");
    }

    @Test
    void timesAreInMicrosecondsAndNeverOverflow() {
        assertThat(Notification.extendTimeout(Duration.ofMillis(1)).text()).isEqualTo("EXTEND_TIMEOUT_USEC=1000");
        assertThat(Notification.extendTimeout(Duration.ofSeconds(Long.MAX_VALUE))
                        .text())
                .isEqualTo("EXTEND_TIMEOUT_USEC=" + Long.MAX_VALUE);
    }

    @Test
    void aTextIsOneLineOfUtf8() {
        assertThat(Notification.oneLine(" a\r\n\tb\0c\u0085d\u2028e\u2029f ")).isEqualTo("a b c d e f");
        assertThat(Notification.status("\ud83d\ude00 \ud83d x").text()).isEqualTo("STATUS=\ud83d\ude00 ? x");
        assertThat(Notification.oneLine("\n")).isEmpty();
    }

    @Test
    void aLongTextIsCutSoThatTheMessageIsNotTooLong() {
        String face = "\ud83d\ude00";

        assertThat(Notification.oneLine(face.repeat(1000))).isEqualTo(face.repeat(1000));
        assertThat(Notification.oneLine(face.repeat(1001))).isEqualTo(face.repeat(999) + "…");
        assertThat(Notification.failed(face.repeat(5000), OptionalInt.of(Integer.MAX_VALUE), 255)
                        .length())
                .isLessThanOrEqualTo(NotifySocket.LONGEST_MESSAGE);
        assertThat(Notification.unhealthy(face.repeat(5000)).length())
                .isLessThanOrEqualTo(NotifySocket.LONGEST_MESSAGE);
    }
}
