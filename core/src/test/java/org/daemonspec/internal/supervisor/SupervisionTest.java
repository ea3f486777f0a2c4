package org.daemonspec.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daemonspec.internal.posix.StreamSocket;
import org.daemonspec.internal.supervisor.Surroundings.Ancestor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is concluded from what a process sees of who started it. */
class SupervisionTest {

    private static final long PID = 100;
    private static final String SOCKET = "/run/systemd/notify";

    private long pid = PID;
    private Map<String, String> environment = Map.of();
    private long group = PID;
    private boolean hasTerminal;
    private List<Ancestor> ancestors = List.of(ancestor(1, "systemd"));
    private Optional<StreamSocket> stdin = Optional.empty();
    private Optional<Map<String, String>> environmentAbove = Optional.empty();
    private Optional<UnitType> unit = Optional.empty();

    @Test
    void aParentThatIsProcess1IsNoReason() {
        assertThat(look())
                .isEqualTo(new Supervision(
                        Optional.empty(),
                        "no supervisor waits for this process, which was started by systemd (pid 1)",
                        false));
    }

    @Test
    void aParentThatCannotBeSeenIsNoReason() {
        ancestors = List.of();

        assertThat(look()).isEqualTo(new Supervision(Optional.empty(), "no supervisor waits for this process", false));
    }

    @Test
    void whoeverWaitsAtANotifySocketLooksAfterIt() {
        environment = Map.of("NOTIFY_SOCKET", SOCKET);

        assertThat(look().supervisor()).contains("a service manager");
        assertThat(look().reason()).contains("NOTIFY_SOCKET is " + SOCKET);
    }

    @Test
    void aNotifySocketThatTheParentHasTooIsTheParents() {
        environment = Map.of("NOTIFY_SOCKET", SOCKET);
        ancestors = List.of(ancestor(90, "java"), ancestor(1, "systemd"));
        environmentAbove = Optional.of(Map.of("NOTIFY_SOCKET", SOCKET));

        assertThat(look().supervisor()).isEmpty();
    }

    @Test
    void aNotifySocketThatAShellPassedOnIsTheProgramsThatItRuns() {
        environment = Map.of("NOTIFY_SOCKET", SOCKET);
        above("sh");
        environmentAbove = Optional.of(Map.of("NOTIFY_SOCKET", "/another"));

        assertThat(look().supervisor()).contains("a service manager");
    }

    @Test
    void anEmptyNotifySocketIsNone() {
        environment = Map.of("NOTIFY_SOCKET", "");

        assertThat(look().supervisor()).isEmpty();
    }

    @Test
    void whatOthersSayOfThemselvesMeansNothingToATerminal() {
        environment = Map.of("NOTIFY_SOCKET", "/run/\u001b[2J");

        assertThat(look().reason()).startsWith("NOTIFY_SOCKET is /run/\uFFFD[2J,");

        environment = Map.of();
        above("\u001b[2J\r");

        assertThat(look().reason()).contains("was started by \uFFFD[2J\uFFFD (pid ");
    }

    @Test
    void whoeverOpenedSocketsForThisProcessLooksAfterIt() {
        environment = Map.of("LISTEN_PID", "100", "LISTEN_FDS", "1");

        assertThat(look())
                .isEqualTo(new Supervision(
                        Optional.of("a service manager"),
                        "LISTEN_PID names this process, for which it has opened sockets",
                        false));
    }

    @Test
    void socketsForAnotherProcessAreThatOnes() {
        environment = Map.of("LISTEN_PID", "90", "LISTEN_FDS", "1");

        assertThat(look().supervisor()).isEmpty();
    }

    @Test
    void systemdNamesTheProcessThatItExecuted() {
        environment = Map.of("SYSTEMD_EXEC_PID", "100", "INVOCATION_ID", "1");

        assertThat(look())
                .isEqualTo(new Supervision(Optional.of("systemd"), "SYSTEMD_EXEC_PID names this process", false));
    }

    @Test
    void systemdMayHaveExecutedAScript() {
        environment = Map.of("SYSTEMD_EXEC_PID", "91");
        above("bash", "sh");

        assertThat(look().reason()).isEqualTo("SYSTEMD_EXEC_PID names sh (pid 91), which runs this one");
    }

    @Test
    void aShellAtATerminalMayHaveBeenStartedBySystemdButItsProgramsAreNot() {
        environment = Map.of("SYSTEMD_EXEC_PID", "90");
        above("bash");
        hasTerminal = true;

        assertThat(look().supervisor()).isEmpty();
    }

    @Test
    void anotherServicesChildHasInheritedTheVariables() {
        environment = Map.of("SYSTEMD_EXEC_PID", "91", "INVOCATION_ID", "1");
        above("bash", "java");

        assertThat(look().supervisor()).isEmpty();
    }

    @Test
    void anOlderSystemdTellsByTheInvocation() {
        environment = Map.of("INVOCATION_ID", "1");

        assertThat(look().supervisor()).contains("systemd");

        above("gnome-terminal-");
        assertThat(look().supervisor()).isEmpty();
    }

    @Test
    void aForkingUnitWantsADaemon() {
        environment = Map.of("SYSTEMD_EXEC_PID", "100");
        unit = Optional.of(new UnitType("echo.service", "forking"));

        assertThat(look())
                .isEqualTo(new Supervision(
                        Optional.empty(),
                        "echo.service says Type=forking, so systemd waits for the launcher to end",
                        true));

        environment = Map.of("SYSTEMD_EXEC_PID", "100", "NOTIFY_SOCKET", SOCKET);
        assertThat(look().wantsDaemon()).as("WatchdogSec= brings the socket").isTrue();

        unit = Optional.of(new UnitType("echo.service", "oneshot"));
        assertThat(look().wantsDaemon()).as("an init script by hand").isTrue();

        environment = Map.of("SYSTEMD_EXEC_PID", "100");
        unit = Optional.of(new UnitType("echo.service", "exec"));
        assertThat(look().supervisor()).contains("systemd");
    }

    @Test
    void process1IsAContainersOwn() {
        pid = 1;
        ancestors = List.of();

        assertThat(look().supervisor()).contains("whoever started this container");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tini", "tini-static", "docker-init", "podman-init", "dumb-init", "catatonit"})
    void theInitOfAContainerRunsOneProgram(String init) {
        ancestors = List.of(ancestor(1, init));

        group = 1; // as with dumb-init --single-child
        assertThat(look().supervisor()).contains("whoever started this container");
        group = PID;
        assertThat(look().reason()).isEqualTo("its parent is " + init + " (pid 1)");
    }

    @Test
    void theInitOfAContainerAdoptsWhoLostItsParent() {
        ancestors = List.of(ancestor(1, "tini"));
        group = 55;

        assertThat(look().supervisor()).isEmpty();
    }

    @Test
    void soDoesASupervisorThatIsProcess1() {
        ancestors = List.of(ancestor(1, "supervisord"));
        assertThat(look().supervisor()).contains("supervisord");

        group = 55;
        assertThat(look().supervisor()).isEmpty();
    }

    @Test
    void aShellInAContainerWaitsForThePrompt() {
        ancestors = List.of(ancestor(7, "sh"), ancestor(1, "tini"));

        assertThat(look().supervisor()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "s6-supervise, s6",
        "runsv, runit",
        "supervise, daemontools",
        "supervisord, supervisord",
        "supervise-daemo, OpenRC's supervise-daemon",
        "dinit, dinit",
        "launchd, launchd"
    })
    void supervisorsAreKnownByTheirNames(String process, String supervisor) {
        above(process);
        hasTerminal = true;
        assertThat(look().supervisor()).contains(supervisor);

        above("sh", process);
        assertThat(look().supervisor()).as("a shell at a terminal").isEmpty();

        hasTerminal = false;
        assertThat(look())
                .as("a run script that does not exec")
                .isEqualTo(
                        new Supervision(Optional.of(supervisor), "it was started by " + process + " (pid 91)", false));
    }

    @Test
    void inetdGivesASocketAsStdin() {
        stdin = Optional.of(new StreamSocket(true, false));
        assertThat(look().reason()).isEqualTo("its stdin is a socket that is connected to somebody in a network");

        stdin = Optional.of(new StreamSocket(false, true));
        assertThat(look())
                .isEqualTo(new Supervision(Optional.of("inetd"), "its stdin is a socket that listens", false));
        assertThat(look().hasClientAtStderr()).isTrue();
    }

    @Test
    void aConnectedUnixSocketIsHowAnEditorMakesAPipe() {
        stdin = Optional.of(new StreamSocket(false, false));

        assertThat(look().supervisor()).isEmpty();
    }

    /** From the parent up, with pids from 90 on. */
    private void above(String... names) {
        List<Ancestor> all = new ArrayList<>();
        for (String name : names) {
            all.add(ancestor(90 + all.size(), name));
        }
        all.add(ancestor(1, "init"));
        ancestors = all;
    }

    private static Ancestor ancestor(long pid, String name) {
        return new Ancestor(pid, name, pid, name.endsWith("sh"));
    }

    private Supervision look() {
        return Supervision.of(
                new Surroundings(pid, environment, group, hasTerminal, ancestors, stdin),
                process -> environmentAbove,
                () -> unit);
    }
}
