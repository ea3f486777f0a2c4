package org.daemonspec.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.internal.pidfile.PidfileState;
import org.junit.jupiter.api.Test;

class StatusReportTest {

    private static final Terminal PLAIN = new Terminal(false, false);
    private static final Terminal COLOURED = new Terminal(true, true);
    private static final Path PIDFILE = Path.of("/run/echo.pid");

    /** A pid that nobody has, above the highest that Linux gives. */
    private static final long NOBODY = 1L << 23;

    @Test
    void itRuns() {
        StatusReport report = of(locked(OptionalLong.of(NOBODY), false));

        assertThat(report.exitCode()).isZero();
        assertThat(report.sentence(PLAIN)).isEqualTo("echo: running (pid 8388608)");
        assertThat(report.sentence(COLOURED)).isEqualTo("echo: \u001b[32mrunning\u001b[0m (pid 8388608)");
        assertThat(report.json())
                .isEqualTo(
                        "{\"name\":\"echo\",\"pidfile\":\"/run/echo.pid\",\"status\":\"running\",\"pid\":8388608,\"ready\":true}");
    }

    @Test
    void ofAProcessThatIsThereItSaysSinceWhen() {
        StatusReport report = of(locked(OptionalLong.of(ProcessHandle.current().pid()), false));

        assertThat(report.sentence(PLAIN)).matches("echo: running \\(pid \\d+, since [-0-9]{10}T[:0-9]{8}Z\\)");
        assertThat(report.json()).containsPattern(",\"since\":\"[-0-9]{10}T[:0-9]{8}Z\",\"ready\":true}$");
    }

    @Test
    void itStarts() {
        StatusReport report = of(locked(OptionalLong.of(NOBODY), true));

        assertThat(report.exitCode()).isZero();
        assertThat(report.sentence(PLAIN)).isEqualTo("echo: starting (pid 8388608)");
        assertThat(report.sentence(COLOURED)).startsWith("echo: \u001b[33mstarting\u001b[0m (");
        assertThat(report.json()).endsWith("\"status\":\"running\",\"pid\":8388608,\"ready\":false}");
    }

    @Test
    void itStartsAndHasNoPidYet() {
        StatusReport report = of(locked(OptionalLong.empty(), true));

        assertThat(report.exitCode()).isZero();
        assertThat(report.sentence(PLAIN)).isEqualTo("echo: starting");
        assertThat(report.json()).endsWith("\"status\":\"running\",\"ready\":false}");
    }

    @Test
    void somebodyElseHasTheLock() {
        StatusReport report = of(locked(OptionalLong.empty(), false));

        assertThat(report.exitCode()).isZero();
        assertThat(report.sentence(PLAIN))
                .isEqualTo("echo: running (/run/echo.pid is locked and names no holder, see fuser /run/echo.pid)");
        assertThat(report.json()).endsWith("\"status\":\"running\",\"ready\":false}");
    }

    @Test
    void itIsDead() {
        StatusReport report = of(new PidfileState.Unlocked());

        assertThat(report.exitCode()).isEqualTo(1);
        assertThat(report.sentence(PLAIN)).isEqualTo("echo: dead, and its pidfile /run/echo.pid is left");
        assertThat(report.sentence(COLOURED)).startsWith("echo: \u001b[31mdead\u001b[0m, ");
        assertThat(report.json()).isEqualTo("{\"name\":\"echo\",\"pidfile\":\"/run/echo.pid\",\"status\":\"stale\"}");
    }

    @Test
    void itDoesNotRun() {
        StatusReport report = of(new PidfileState.Absent());

        assertThat(report.exitCode()).isEqualTo(3);
        assertThat(report.sentence(PLAIN)).isEqualTo("echo: not running");
        assertThat(report.sentence(COLOURED)).isEqualTo("echo: not running");
        assertThat(report.json()).isEqualTo("{\"name\":\"echo\",\"pidfile\":\"/run/echo.pid\",\"status\":\"stopped\"}");
    }

    @Test
    void itIsUnknown() {
        StatusReport report = new StatusReport("echo", PIDFILE, Optional.empty(), "open \"it\": EACCES");

        assertThat(report.exitCode()).isEqualTo(4);
        assertThat(report.sentence(PLAIN)).isEqualTo("echo: unknown: open \"it\": EACCES");
        assertThat(report.json()).endsWith("\"status\":\"unknown\",\"reason\":\"open \\\"it\\\": EACCES\"}");
    }

    @Test
    void textIsQuotedAsJsonWantsIt() {
        assertThat(StatusReport.quoted("")).isEqualTo("\"\"");
        assertThat(StatusReport.quoted("prö.pid")).isEqualTo("\"prö.pid\"");
        assertThat(StatusReport.quoted("say \"hi\"")).isEqualTo("\"say \\\"hi\\\"\"");
        assertThat(StatusReport.quoted("back\\slash")).isEqualTo("\"back\\\\slash\"");
        assertThat(StatusReport.quoted("two\nlines\0")).isEqualTo("\"two\\u000alines\\u0000\"");
        assertThat(StatusReport.quoted("\u001f ~")).isEqualTo("\"\\u001f ~\"");
        assertThat(StatusReport.quoted("\uD83D\uDE00")).isEqualTo("\"\\ud83d\\ude00\"");
        assertThat(StatusReport.quoted("half \uD83D")).isEqualTo("\"half \\ud83d\"");
    }

    private static StatusReport of(PidfileState state) {
        return new StatusReport("echo", PIDFILE, Optional.of(state), "");
    }

    private static PidfileState locked(OptionalLong pid, boolean starting) {
        return new PidfileState.Locked(pid, pid.isPresent(), starting, false);
    }
}
