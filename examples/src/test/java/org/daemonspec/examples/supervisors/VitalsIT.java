package org.daemonspec.examples.supervisors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a booted systemd is told of a service, and does about it. */
@Tag("supervisors")
class VitalsIT {

    private static final String UNIT = "http-vitals";

    private static final String VITALS = "/opt/jdk/bin/java --enable-native-access=ALL-UNNAMED"
            + " -cp /opt/http/http.jar:/opt/http/test-classes " + VitalsProgram.class.getName();

    @RegisterExtension
    static final SystemdContainer CONTAINER = new SystemdContainer();

    private final Inside inside = CONTAINER.inside();
    private final Systemd systemd = new Systemd(inside);

    @AfterEach
    void forget() throws Exception {
        systemd.forgetUnits();
    }

    @Test
    void theStatusIsShown() throws Exception {
        start("notify", "");

        assertThat(systemd.show(UNIT, "StatusText")).isEqualTo("well and waiting");
        assertThat(inside.succeed("systemctl", "status", "--no-pager", UNIT))
                .contains("Status: \"well and waiting\"", "Main PID: " + systemd.mainPid(UNIT) + " (java)");
    }

    @Test
    void theReasonOfAFailedStartIsInTheStatusAndTheJournal() throws Exception {
        inside.write("/run/http-failure", "no database here");
        write("notify", "");

        assertThat(systemd.systemctl("start", UNIT).exitCode()).isNotZero();

        assertThat(systemd.show(UNIT, "ActiveState")).isEqualTo("failed");
        assertThat(systemd.show(UNIT, "Result")).isEqualTo("exit-code");
        assertThat(systemd.show(UNIT, "StatusText")).contains("no database here");
        assertThat(systemd.journal(UNIT)).contains("IllegalStateException: no database here");
    }

    @Test
    void aServiceThatHangsIsAbortedByTheWatchdogAndStartedAgain() throws Exception {
        start("notify", "WatchdogSec=6\nRestart=on-watchdog");
        long hanging = systemd.mainPid(UNIT);
        String invocation = systemd.show(UNIT, "InvocationID");

        tell("hang");

        awaitRestartAfter(hanging);
        assertThat(systemd.journalOfInvocation(invocation))
                .contains("Watchdog timeout (limit 6s)!", "(java) with signal SIGABRT")
                .doesNotContain("health check");
    }

    @Test
    void aServiceThatIsNotWellSaysWhyAndIsStartedAgainAtOnce() throws Exception {
        start("notify", "WatchdogSec=10\nRestart=on-watchdog");
        long ill = systemd.mainPid(UNIT);
        String invocation = systemd.show(UNIT, "InvocationID");

        tell("the database does not answer");

        awaitRestartAfter(ill);
        assertThat(systemd.journalOfInvocation(invocation))
                .contains("Watchdog request (last status: ", "the database does not answer")
                .doesNotContain("Watchdog timeout");
    }

    @Test
    void aWatchdogLeavesAloneWhoIsWell() throws Exception {
        start("notify", "WatchdogSec=2\nRestart=on-watchdog");
        long pid = systemd.mainPid(UNIT);

        Thread.sleep(5_000); // two and a half times as long as it waits for a sign of life

        assertThat(systemd.mainPid(UNIT)).isEqualTo(pid);
        assertThat(systemd.show(UNIT, "NRestarts")).isEqualTo("0");
        assertThat(systemd.show(UNIT, "WatchdogUSec")).isEqualTo("2s");
    }

    @Test
    void reloadComesBackWhenTheServiceHasReloaded() throws Exception {
        start("notify-reload", "");
        long pid = systemd.mainPid(UNIT);

        systemd.succeed("reload", UNIT);

        assertThat(inside.exists("/run/http-reloaded")).isTrue();
        assertThat(systemd.show(UNIT, "ActiveState")).isEqualTo("active");
        assertThat(systemd.mainPid(UNIT)).isEqualTo(pid);
    }

    @Test
    void reloadByASignalIsSeenWhileItLasts() throws Exception {
        start("notify", "ExecReload=/bin/kill -HUP $MAINPID");

        inside.succeed("systemctl", "--no-block", "reload", UNIT);

        Patience.await("the reload", () -> systemd.show(UNIT, "ActiveState").equals("reloading"));
        Patience.await("its end", () -> systemd.show(UNIT, "ActiveState").equals("active"));
        assertThat(inside.exists("/run/http-reloaded")).isTrue();
    }

    @Test
    void whatIsStoredIsGivenToTheNextProcess() throws Exception {
        inside.write("/run/http-store", "what it knew");
        start("notify", "FileDescriptorStoreMax=2");

        assertThat(systemd.show(UNIT, "NFileDescriptorStore")).isEqualTo("1");
        assertThat(systemd.journal(UNIT)).contains("handled: true").doesNotContain("given:");

        Files.delete(inside.path("/run/http-store"));
        systemd.succeed("restart", UNIT);

        assertThat(systemd.journal(UNIT)).contains("given: what it knew");
    }

    @Test
    void aDaemonThatDetachesSpeaksForTheService() throws Exception {
        inside.write("/run/http-detach", "");

        start("notify", "NotifyAccess=all");

        assertThat(systemd.mainPid(UNIT))
                .isEqualTo(Long.parseLong(
                        Files.readString(inside.path("/run/http-vitals.pid")).strip()));
        assertThat(systemd.show(UNIT, "StatusText")).isEqualTo("well and waiting");
        assertThat(systemd.show(UNIT, "ActiveState")).isEqualTo("active");
    }

    @Test
    void whoNeedsLongerToStopAndSaysSoIsNotKilled() throws Exception {
        start("notify", "TimeoutStopSec=1");
        inside.write("/run/http-patience", "20");

        systemd.succeed("stop", UNIT);

        assertThat(systemd.show(UNIT, "Result")).isEqualTo("success");
        assertThat(systemd.show(UNIT, "ExecMainStatus")).isEqualTo("0");
        assertThat(inside.exists("/run/http-stopped")).isTrue();
    }

    @Test
    void whoNeedsLongerToStopAndDoesNotSaySoIsKilled() throws Exception {
        start("notify", "TimeoutStopSec=1");

        systemd.succeed("stop", UNIT);

        assertThat(systemd.show(UNIT, "Result")).isEqualTo("timeout");
        assertThat(inside.exists("/run/http-stopped")).isFalse();
    }

    /** SIGTERM, after 3 s SIGQUIT, on which a JVM writes where its threads are, after 2 s SIGKILL. */
    @Test
    void theGeneratedUnitStopsByTheScheduleOfTheSpecification() throws Exception {
        String generated = inside.succeed("sh", "-c", VITALS + " generate unit");
        systemd.write(UNIT + ".service", generated);
        systemd.succeed("start", UNIT);
        inside.write("/run/http-patience", "0");

        systemd.succeed("stop", UNIT);

        assertThat(systemd.journal(UNIT))
                .contains("Full thread dump", "VitalsProgram.serve")
                .containsSubsequence("with signal SIGQUIT", "with signal SIGKILL");
        assertThat(systemd.show(UNIT, "ActiveState")).isEqualTo("failed");
    }

    private void start(String type, String more) throws Exception {
        write(type, more);
        systemd.succeed("start", UNIT);
    }

    private void write(String type, String more) throws Exception {
        systemd.write(UNIT + ".service", """
            [Service]
            Type=%s
            ExecStart=%s start
            %s
            """.formatted(type, VITALS, more));
    }

    private void tell(String vitals) throws Exception {
        inside.write("/run/.http-vitals", vitals);
        Files.move(inside.path("/run/.http-vitals"), inside.path("/run/http-vitals"), StandardCopyOption.ATOMIC_MOVE);
    }

    private void awaitRestartAfter(long former) throws Exception {
        Patience.await(
                "the restart",
                () -> systemd.show(UNIT, "NRestarts").equals("1")
                        && systemd.show(UNIT, "ActiveState").equals("active"));
        assertThat(systemd.mainPid(UNIT)).isNotEqualTo(former);
    }
}
