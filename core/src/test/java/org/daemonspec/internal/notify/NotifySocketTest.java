package org.daemonspec.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotifySocketTest {

    @Test
    void aPathIsItselfAndAnAbstractNameBeginsWithNul() {
        assertThat(NotifySocket.named("/run/systemd/notify").address()).isEqualTo("/run/systemd/notify");
        assertThat(NotifySocket.named("@run/systemd").address()).isEqualTo("\0run/systemd");
        assertThat(NotifySocket.named("@@x").address()).isEqualTo("\0@x");
        assertThat(NotifySocket.named("/run").problem()).isEmpty();
        assertThat(NotifySocket.named("@x").problem()).isEmpty();
    }

    @Test
    void anAddressHasAtMostTheBytesOfSunPath() {
        assertThat(NotifySocket.named("/" + "x".repeat(107)).problem()).isEmpty();
        assertThat(NotifySocket.named("@" + "x".repeat(107)).problem()).isEmpty();
        assertThat(NotifySocket.named("/" + "x".repeat(108)).problem().orElseThrow())
                .endsWith(": 109 bytes, more than the 108 of an address, see unix(7); have the supervisor listen at a"
                        + " shorter one.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vsock:2:1234", "vsock-stream:2:1234", "run/notify", "/", "@", "x"})
    void anythingElseIsAProblem(String value) {
        assertThat(NotifySocket.named(value).problem().orElseThrow()).startsWith("NOTIFY_SOCKET=" + value + ": ");
    }
}
