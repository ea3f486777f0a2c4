package org.daemonspec.examples.supervisors;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The HTTP example on a socket that somebody else has opened, who starts it at the first connection. */
@Tag("supervisors")
class SocketsIT {

    private static final String PIDFILE = "/run/http.pid";

    @RegisterExtension
    final Box box = new Box();

    private Inside inside;
    private Visitor visitor;

    @BeforeEach
    void open() throws Exception {
        Programs.assumeInstalled("systemd-socket-activate", "inetd");
        inside = box.open();
        visitor = Visitor.of(inside, 8080);
    }

    @Test
    void systemdSocketActivateBecomesTheServiceThatTheFirstVisitorWaitsFor() throws Exception {
        inside.write("/opt/activate", Installation.file("systemd-socket-activate/activate"));
        Process activated = inside.start("/var/log/http.log", "/opt/activate");
        Patience.await("the socket", () -> inside.read("/var/log/http.log").contains("Listening on"));
        assertThat(inside.exists(PIDFILE)).isFalse();

        long pid = visitor.answer().orElseThrow();

        assertThat(inside.read(PIDFILE)).isEqualTo(pid + "\n");
        assertThat(visitor.answer()).hasValue(pid);

        inside.succeed("kill", Long.toString(pid));

        assertThat(activated.waitFor()).as(inside.read("/var/log/http.log")).isZero();
        assertThat(inside.exists(PIDFILE)).isFalse();
    }

    @Test
    void inetdStartsItForTheFirstVisitorAndAgainForTheFirstAfterItsEnd() throws Exception {
        inside.write("/etc/inetd.conf", Installation.file("inetd/inetd.conf"));
        inside.start("/run/inetd.log", "inetd", "-i", "/etc/inetd.conf");

        long first = visitor.awaitAnswer();
        assertThat(inside.read(PIDFILE)).isEqualTo(first + "\n");
        assertThat(visitor.answer()).hasValue(first);

        inside.succeed("kill", Long.toString(first));
        Patience.await("its end", () -> !inside.exists("/proc/" + first));
        assertThat(inside.exists(PIDFILE)).isFalse();

        long second = visitor.awaitAnswerOfAnotherThan(first);
        assertThat(inside.read(PIDFILE)).isEqualTo(second + "\n");
    }
}
