package org.daemonspec.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.daemonspec.internal.command.Terminal.Colour;
import org.junit.jupiter.api.Test;

class TerminalTest {

    private static final Map<String, String> XTERM = Map.of("TERM", "xterm");

    @Test
    void coloursAreForStdoutAndProgressIsForStderr() {
        assertThat(Terminal.of(XTERM, true, true)).isEqualTo(new Terminal(true, true));
        assertThat(Terminal.of(XTERM, true, false)).isEqualTo(new Terminal(true, false));
        assertThat(Terminal.of(XTERM, false, true)).isEqualTo(new Terminal(false, true));
        assertThat(Terminal.of(XTERM, false, false)).isEqualTo(new Terminal(false, false));
    }

    @Test
    void aTerminalThatIsNamedDumbOrNotAtAllGetsPlainText() {
        assertThat(Terminal.of(Map.of("TERM", "dumb"), true, true)).isEqualTo(new Terminal(false, false));
        assertThat(Terminal.of(Map.of("TERM", ""), true, true)).isEqualTo(new Terminal(false, false));
        assertThat(Terminal.of(Map.of(), true, true)).isEqualTo(new Terminal(false, false));
    }

    @Test
    void noColorTakesTheColoursOnlyAndOnlyIfItIsNotEmpty() {
        assertThat(Terminal.of(Map.of("TERM", "xterm", "NO_COLOR", "0"), true, true))
                .isEqualTo(new Terminal(false, true));
        assertThat(Terminal.of(Map.of("TERM", "xterm", "NO_COLOR", ""), true, true))
                .isEqualTo(new Terminal(true, true));
    }

    @Test
    void paintIsPutBackAndNotAppliedWhereThereAreNoColours() {
        assertThat(new Terminal(true, false).paint(Colour.RED, "dead")).isEqualTo("\u001b[31mdead\u001b[0m");
        assertThat(new Terminal(false, true).paint(Colour.RED, "dead")).isEqualTo("dead");
    }
}
