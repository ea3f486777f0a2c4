package org.daemonspec.internal.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;
import org.junit.jupiter.api.Test;

class FailureTest {

    @Test
    void aFailureIsOneLineWithItsCauseWhereThatSaysMore() {
        assertThat(Failure.of(new IOException("a\nb", new Exception("no route")))
                        .sentence())
                .isEqualTo("java.io.IOException: a b, caused by java.lang.Exception: no route");
        assertThat(Failure.of(new IOException(new Exception("no route"))).sentence())
                .isEqualTo("java.io.IOException: java.lang.Exception: no route");
        assertThat(Failure.of(new IOException("a")).errno()).isEmpty();
    }

    @Test
    void theErrnoIsThatOfTheCauseHoweverDeep() {
        try (Posix posix = Posix.open()) {
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> posix.open("/no/such/file", Posix.OpenFor.READING, 0))
                    .satisfies(call -> {
                        assertThat(Failure.of(call).errno()).hasValue(2);
                        assertThat(Failure.of(new IOException("a", new Exception("b", call)))
                                        .errno())
                                .hasValue(2);
                    });
        }
    }

    @Test
    void causesMayGoRoundInCircles() {
        Exception outer = new Exception("a");
        outer.initCause(new Exception("b", outer));

        assertThat(Failure.of(outer).errno()).isEmpty();
    }
}
