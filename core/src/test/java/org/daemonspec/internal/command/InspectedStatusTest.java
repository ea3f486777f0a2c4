package org.daemonspec.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.internal.inspect.Finding;
import org.daemonspec.internal.inspect.Inspection;
import org.daemonspec.internal.inspect.Property;
import org.daemonspec.internal.inspect.Verdict;
import org.daemonspec.internal.pidfile.PidfileState;
import org.junit.jupiter.api.Test;

class InspectedStatusTest {

    private static final Terminal PLAIN = new Terminal(false, false);
    private static final Terminal COLOURED = new Terminal(true, true);
    private static final Finding PASS = new Finding(Property.UMASK, Verdict.PASS, "022", Optional.empty());
    private static final Finding FAIL = new Finding(Property.STDIN, Verdict.FAIL, "closed", Optional.of("open it."));
    private static final Finding UNKNOWN =
            new Finding(Property.LAUNCHER, Verdict.NOT_APPLICABLE, "no \"trace\"", Optional.empty());

    @Test
    void aVerdictHasTheColourOfATrafficLight() {
        InspectedStatus status = status(PASS, FAIL, UNKNOWN);

        assertThat(status.text(PLAIN)).isEqualTo("""
            echo: running (pid 8388608)
              pass  umask                 022
              FAIL  stdin                 closed
                                          to do: open it.
              n/a   launcher              no "trace"
            1 passes, 1 fails, 1 not applicable\
            """);
        assertThat(status.text(COLOURED))
                .contains(
                        "\n  \u001b[32mpass\u001b[0m  umask ",
                        "\n  \u001b[31mFAIL\u001b[0m  stdin ",
                        "\n  n/a   launcher ");
    }

    @Test
    void whatIsNotApplicableIsNoFailure() {
        assertThat(status(PASS, UNKNOWN).exitCode()).isZero();
        assertThat(status(PASS, FAIL).exitCode()).isEqualTo(150);
    }

    @Test
    void asJsonItIsTheStatusWithFindings() {
        assertThat(status(FAIL, UNKNOWN).json())
                .endsWith(
                        ",\"ready\":true,\"findings\":[{\"property\":\"stdin\",\"verdict\":\"fail\",\"evidence\":\"closed\",\"advice\":\"open"
                            + " it.\"},{\"property\":\"launcher\",\"verdict\":\"not_applicable\",\"evidence\":\"no"
                            + " \\\"trace\\\"\"}]}");
    }

    private static InspectedStatus status(Finding... findings) {
        OptionalLong pid = OptionalLong.of(1L << 23);
        StatusReport report = new StatusReport(
                "echo", Path.of("/run/echo.pid"), Optional.of(new PidfileState.Locked(pid, true, false, false)), "");
        return new InspectedStatus(report, new Inspection(pid, Optional.empty(), List.of(findings)));
    }
}
