package org.daemonspec.examples.supervisors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.daemonspec.DaemonException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The HTTP example under supervisors that start programs, look after them, and start them again. */
@Tag("supervisors")
class SupervisorsIT {

    private static final int PORT = 8080;
    private static final String PIDFILE = "/run/http.pid";

    enum Kind {
        RUNIT,
        S6,
        SUPERVISORD;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        Supervisor in(Inside inside) {
            return switch (this) {
                case RUNIT -> new Runit(inside);
                case S6 -> new S6(inside);
                case SUPERVISORD -> new Supervisord(inside);
            };
        }
    }

    @RegisterExtension
    final Box box = new Box();

    @ParameterizedTest
    @CsvSource({"RUNIT,start", "RUNIT,run", "S6,start", "S6,run", "SUPERVISORD,start", "SUPERVISORD,run"})
    void theSupervisedProcessItselfAnswersAndIsUpAndEndsWithZeroWhenItIsStopped(Kind kind, String verb)
            throws Exception {
        Supervisor supervisor = start(kind, verb);

        long pid = supervised(supervisor);
        assertThat(visitor().awaitAnswer()).isEqualTo(pid);
        assertThat(box.inside().read(PIDFILE)).isEqualTo(pid + "\n");

        assertThat(supervisor
                        .output()
                        .contains("http: stays in the foreground, where " + kind.label() + " looks after it"))
                .isEqualTo(verb.equals("start"));

        supervisor.stop();

        assertThat(visitor().answer()).isEmpty();
        assertThat(supervisor.upAs()).isEmpty();
        assertThat(box.inside().exists(PIDFILE)).isFalse();
        Patience.await("its exit code", () -> supervisor.hasSeenExit(0));
    }

    @ParameterizedTest
    @EnumSource
    void itGoesOnAfterItsTerminalHangsUp(Kind kind) throws Exception {
        Supervisor supervisor = start(kind, "start");
        long pid = supervised(supervisor);
        assertThat(visitor().awaitAnswer()).isEqualTo(pid);

        supervisor.hangUp();

        assertThat(visitor().awaitAnswer()).isEqualTo(pid);
        assertThat(supervisor.upAs()).hasValue(pid);
    }

    @ParameterizedTest
    @EnumSource
    void aCrashIsFollowedByAnother(Kind kind) throws Exception {
        Supervisor supervisor = start(kind, "start");
        long crashed = supervised(supervisor);
        assertThat(visitor().awaitAnswer()).isEqualTo(crashed);

        box.inside().succeed("kill", "-KILL", Long.toString(crashed));

        long next = visitor().awaitAnswerOfAnotherThan(crashed);
        assertThat(supervised(supervisor)).isEqualTo(next);
        assertThat(box.inside().read(PIDFILE)).isEqualTo(next + "\n");
    }

    @ParameterizedTest
    @EnumSource
    void whoTookThePortIsInItsOutputAndTheSupervisorHasTheExitCode(Kind kind) throws Exception {
        Inside inside = box.open();
        inside.start("/run/other.log", "/opt/http/http", "run", "--port", "" + PORT, "--pidfile", "/run/other.pid");
        long other = visitor().awaitAnswer();

        Supervisor supervisor = kind.in(inside);
        supervisor.start("start");

        Patience.await("the exit code", () -> supervisor.hasSeenExit(DaemonException.EXIT_NOT_RUNNING));
        Patience.await("the reason", () -> supervisor.output().contains("listen 127.0.0.1:8080: EADDRINUSE"));
        assertThat(visitor().awaitAnswer()).isEqualTo(other);
    }

    private Supervisor start(Kind kind, String verb) throws Exception {
        Supervisor supervisor = kind.in(box.open());
        supervisor.start(verb);
        return supervisor;
    }

    private static long supervised(Supervisor supervisor) throws Exception {
        try {
            return Patience.awaitValue("the service to be up", supervisor::upAs).getAsLong();
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; it wrote: " + supervisor.output(), e);
        }
    }

    private Visitor visitor() {
        return Visitor.of(box.inside(), PORT);
    }
}
