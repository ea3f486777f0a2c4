package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

    @Test
    void whatATerminalWouldObeyIsReplaced() {
        assertThat(Printable.of("a\u001b[2Jb\u009b1mc\rd\ne\u0007\0\u007f"))
                .isEqualTo("a\uFFFD[2Jb\uFFFD1mc\uFFFDd\uFFFDe\uFFFD\uFFFD\uFFFD");
    }

    @Test
    void textIsNotShownInAnotherOrderThanItHas() {
        assertThat(Printable.of("\u202Eab\u2066c\u2028d")).isEqualTo("\uFFFDab\uFFFDc\uFFFDd");
    }

    @Test
    void textStaysAsItIs() {
        assertThat(Printable.of("a\t\u00e4\u20ac\uD83D\uDE00\u05d0")).isEqualTo("a\t\u00e4\u20ac\uD83D\uDE00\u05d0");
    }
}
