package org.daemonspec.internal.pidfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PidfileContentTest {

    @Test
    void aPidIsWrittenAsEveryToolReadsIt() {
        assertThat(new String(PidfileContent.of(4711), StandardCharsets.US_ASCII))
                .isEqualTo("4711\n");
    }

    @Test
    void whatIsWrittenIsRead() {
        assertThat(PidfileContent.parse("4711\n")).isEqualTo(OptionalLong.of(4711));
        assertThat(PidfileContent.parse("4194304\n")).isEqualTo(OptionalLong.of(4_194_304));
    }

    @Test
    void theReservationIsNoPidAndNoShorterThanOne() {
        assertThat(PidfileContent.parse(new String(PidfileContent.reservation(), StandardCharsets.US_ASCII)))
                .isEmpty();
        assertThat(PidfileContent.reservation().length).isGreaterThanOrEqualTo(PidfileContent.of(4_194_304).length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "4711",
                "0\n",
                "-1\n",
                "+1\n",
                "4194305\n",
                "99999999999999999999\n",
                "47 11\n",
                "x\n",
                "1\n2\n",
                "\0\n",
                "\u0661\n"
            })
    void anythingElseIsNoPid(String garbage) {
        assertThat(PidfileContent.parse(garbage)).isEmpty();
    }
}
