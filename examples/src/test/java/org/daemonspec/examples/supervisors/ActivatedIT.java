package org.daemonspec.examples.supervisors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.OptionalLong;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The HTTP example as www-data on port 80, which a booted systemd has opened and keeps open. */
@Tag("supervisors")
class ActivatedIT {

    private static final String SOCKET = "http-activated.socket";
    private static final String SERVICE = "http-activated.service";

    @RegisterExtension
    static final SystemdContainer CONTAINER = new SystemdContainer();

    private final Inside inside = CONTAINER.inside();
    private final Systemd systemd = new Systemd(inside);
    private final Visitor visitor = Visitor.of(inside, 80);

    @BeforeEach
    void listen() throws Exception {
        systemd.install(SOCKET, Map.of());
        systemd.install(SERVICE, Map.of());
        systemd.succeed("start", SOCKET);
    }

    @AfterEach
    void forget() throws Exception {
        systemd.forgetUnits();
    }

    @Test
    void theFirstVisitorStartsIt() throws Exception {
        assertThat(systemd.show(SERVICE, "ActiveState")).isEqualTo("inactive");

        long pid = visitor.answer().orElseThrow();

        assertThat(systemd.mainPid(SERVICE)).isEqualTo(pid);
        assertThat(systemd.show(SERVICE, "ActiveState")).isEqualTo("active");
        assertThat(inside.succeed("ps", "-o", "user=", "-p", Long.toString(pid)).strip())
                .isEqualTo("www-data");
    }

    @Test
    void aRestartRefusesNobody() throws Exception {
        long first = visitor.answer().orElseThrow();

        inside.succeed("systemctl", "--no-block", "restart", SERVICE);
        OptionalLong next = OptionalLong.of(first);
        while (next.isEmpty() || next.getAsLong() == first) {
            Finished asked = visitor.ask();
            // A connection that the old process had taken may end with it.
            assertThat(asked).matches(visit -> !Visitor.wasRefused(visit), "somebody listens");
            next = Visitor.whoAnswered(asked);
        }

        assertThat(OptionalLong.of(systemd.mainPid(SERVICE))).isEqualTo(next);
        assertThat(systemd.show(SERVICE, "Result")).isEqualTo("success");
    }

    @Test
    void whoComesAfterACrashStartsAnother() throws Exception {
        long first = visitor.answer().orElseThrow();

        systemd.succeed("kill", "-s", "KILL", SERVICE);

        assertThat(visitor.awaitAnswerOfAnotherThan(first)).isEqualTo(systemd.mainPid(SERVICE));
    }
}
