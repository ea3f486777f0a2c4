package org.daemonspec.internal.launch.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionStringTest {

    @Test
    void quotesProtectWhiteSpaceAndEachOtherAnywhereInAWord() {
        assertThat(OptionString.parse(" -Da='b \"c'\"d'e\"\t-x\n\u000B\"\" f\\g "))
                .containsExactly("-Da=b \"cd'e", "-x", "", "f\\g");
    }

    @Test
    void formattedOptionsAreReadAgain() {
        List<String> options =
                List.of("", "-x", "a b", "\"", "'", "\"'\"'", "a\n\u000Bb", "\\", "\u00ff", "it's \"it\"");

        assertThat(OptionString.parse(OptionString.format(options))).isEqualTo(options);
    }

    @Test
    void plainOptionsStayReadable() {
        assertThat(OptionString.format(List.of("-Xmx1g", "-Da=b c"))).isEqualTo("-Xmx1g \"-Da=b c\"");
    }
}
