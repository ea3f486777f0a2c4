package org.daemonspec.examples.supervisors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.daemonspec.DaemonException;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP example as a service of a booted systemd. */
@Tag("supervisors")
class SystemdIT {

    private static final String PIDFILE = "/run/http.pid";
    private static final int PORT = 8080;

    @RegisterExtension
    static final SystemdContainer CONTAINER = new SystemdContainer();

    private final Inside inside = CONTAINER.inside();
    private final Systemd systemd = new Systemd(inside);
    private final Visitor visitor = Visitor.of(inside, PORT);

    @AfterEach
    void forget() throws Exception {
        systemd.forgetUnits();
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "run"})
    void startComesBackWhenTheServiceAnswersAndStopEndsItWithZero(String verb) throws Exception {
        systemd.install("http.service", Map.of("/opt/http/http start", "/opt/http/http " + verb));

        systemd.succeed("start", "http");

        long pid = visitor.answer().orElseThrow();
        assertThat(systemd.mainPid("http")).isEqualTo(pid);
        assertThat(systemd.show("http", "ActiveState")).isEqualTo("active");
        assertThat(inside.read(PIDFILE)).isEqualTo(pid + "\n");
        assertThat(systemd.journal("http")).contains(" GET /");

        systemd.succeed("stop", "http");

        assertThat(systemd.show("http", "ActiveState")).isEqualTo("inactive");
        assertThat(systemd.show("http", "Result")).isEqualTo("success");
        assertThat(systemd.show("http", "ExecMainStatus")).isEqualTo("0");
        assertThat(inside.exists(PIDFILE)).isFalse();
    }

    @Test
    void aServiceThatIsKilledIsStartedAgain() throws Exception {
        systemd.install("http.service", Map.of());
        systemd.succeed("start", "http");
        long killed = visitor.answer().orElseThrow();

        systemd.succeed("kill", "-s", "KILL", "http");

        assertThat(visitor.awaitAnswerOfAnotherThan(killed)).isEqualTo(systemd.mainPid("http"));
    }

    @Test
    void thatThePortIsTakenIsInTheStatusAndTheJournalOfAFailedStart() throws Exception {
        systemd.install("http.service", Map.of("Restart=on-failure", "Restart=no"));
        systemd.install("http-other.service", "http.service", Map.of("/run/http.pid", "/run/http-other.pid"));
        systemd.succeed("start", "http-other");

        Finished start = systemd.systemctl("start", "http");

        assertThat(start.exitCode()).isNotZero();
        assertThat(systemd.show("http", "ActiveState")).isEqualTo("failed");
        assertThat(systemd.show("http", "Result")).isEqualTo("exit-code");
        assertThat(systemd.show("http", "StatusText")).contains("listen 127.0.0.1:8080: EADDRINUSE");
        assertThat(systemd.show("http", "ExecMainStatus")).isEqualTo("" + DaemonException.EXIT_NOT_RUNNING);
        assertThat(systemd.journal("http")).contains("listen 127.0.0.1:8080: EADDRINUSE");
        assertThat(visitor.answer()).hasValue(systemd.mainPid("http-other"));
    }

    @Test
    void hangUpIsNoEnd() throws Exception {
        systemd.install("http.service", Map.of());
        systemd.succeed("start", "http");
        long pid = visitor.answer().orElseThrow();

        systemd.succeed("reload", "http");

        Patience.await(
                "the end of the reload",
                () -> systemd.show("http", "ActiveState").equals("active"));
        assertThat(visitor.awaitAnswer()).isEqualTo(pid);
        assertThat(systemd.mainPid("http")).isEqualTo(pid);
    }

    @Test
    void aForkingUnitGetsADaemonAndFindsItByItsPidfile() throws Exception {
        systemd.install("http-forking.service", Map.of());

        systemd.succeed("start", "http-forking");

        long pid = visitor.answer().orElseThrow();
        assertThat(systemd.mainPid("http-forking")).isEqualTo(pid);
        assertThat(inside.read(PIDFILE)).isEqualTo(pid + "\n");
        assertThat(systemd.journal("http-forking")).contains("http: started (pid " + pid + ", ");

        systemd.succeed("stop", "http-forking");

        assertThat(systemd.show("http-forking", "Result")).isEqualTo("success");
        assertThat(visitor.answer()).isEmpty();
        assertThat(inside.exists(PIDFILE)).isFalse();
    }
}
