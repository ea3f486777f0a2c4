package org.daemonspec.internal.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
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
    void theCauseOfAnUncheckedExceptionIsToldUnlessItsSentenceHasIt() {
        IOException none = new NoSuchFileException("/etc/echo.conf");
        IOException broken = new FileSystemException("/proc/self/fd/3", null, "Input/output error");

        assertThat(Failure.of(new UncheckedIOException("no configuration", none))
                        .sentence())
                .isEqualTo("no configuration, caused by java.nio.file.NoSuchFileException: /etc/echo.conf");
        assertThat(Failure.of(new UncheckedIOException(none)).sentence())
                .isEqualTo("java.nio.file.NoSuchFileException: /etc/echo.conf");
        assertThat(Failure.of(new UncheckedIOException("read it: EIO (Input/output error); mend it.", broken))
                        .sentence())
                .isEqualTo("read it: EIO (Input/output error); mend it.");
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
