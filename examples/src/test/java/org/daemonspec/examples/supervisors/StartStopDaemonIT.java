package org.daemonspec.examples.supervisors;

import static org.assertj.core.api.Assertions.assertThat;

import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The HTTP example put into the background by start-stop-daemon(8), which waits for its readiness as systemd does. */
@Tag("supervisors")
class StartStopDaemonIT {

    private static final String PIDFILE = "/run/http.pid";

    @RegisterExtension
    final Box box = new Box();

    private Inside inside;
    private Visitor visitor;

    @BeforeEach
    void open() throws Exception {
        Programs.assumeInstalled("start-stop-daemon");
        inside = box.open();
        visitor = Visitor.of(inside, 8080);
        inside.write("/opt/start", Installation.file("start-stop-daemon/start"));
        inside.write("/opt/stop", Installation.file("start-stop-daemon/stop"));
    }

    @Test
    void startComesBackWhenTheServiceAnswersAndStopEndsIt() throws Exception {
        inside.succeed("/opt/start");

        long pid = visitor.answer().orElseThrow();
        assertThat(inside.read(PIDFILE)).isEqualTo(pid + "\n");
        assertThat(inside.read("/var/log/http.log"))
                .contains("stays in the foreground, where a service manager looks after it (NOTIFY_SOCKET is ")
                .contains(" GET /");

        inside.succeed("/opt/stop");

        assertThat(visitor.answer()).isEmpty();
        assertThat(inside.exists(PIDFILE)).isFalse();
    }

    @Test
    void aSecondStartChangesNothing() throws Exception {
        inside.succeed("/opt/start");
        long pid = visitor.answer().orElseThrow();

        Finished second = inside.run("/opt/start");

        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(visitor.answer()).hasValue(pid);
    }

    @Test
    void aStartThatFailsIsFailedAndTheReasonIsInTheLog() throws Exception {
        inside.start("/run/other.log", "/opt/http/http", "run", "--port", "8080", "--pidfile", "/run/other.pid");
        long other = visitor.awaitAnswer();

        Finished start = inside.run("/opt/start");

        assertThat(start.exitCode()).as(start.toString()).isNotZero();
        assertThat(start.err()).contains("program failed to initialize"); // it did not wait for the time to be over
        Patience.await(
                "the reason", () -> inside.read("/var/log/http.log").contains("listen 127.0.0.1:8080: EADDRINUSE"));
        assertThat(visitor.answer()).hasValue(other);
    }
}
