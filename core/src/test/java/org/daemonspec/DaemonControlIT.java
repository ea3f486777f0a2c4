package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class DaemonControlIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private DaemonControl control;

    @BeforeEach
    void name() {
        pidfile = directory.resolve("program.pid");
        control = DaemonControl.of(pidfile);
    }

    @Test
    void aDaemonThatRunsIsStoppedOnceAndItsPidfileGoes() {
        Instant before = Instant.now();
        long pid = start("sleep", "60");
        assertThat(control.status())
                .asInstanceOf(type(DaemonStatus.Running.class))
                .satisfies(running -> {
                    assertThat(running.pid()).hasValue(pid);
                    assertThat(running.ready()).isTrue();
                    // Two seconds for the rounding of the boot's time, which this is counted from.
                    assertThat(running.since().orElseThrow())
                            .isBetween(before.minusSeconds(2), Instant.now().plusSeconds(2));
                });

        assertThat(control.stop()).asInstanceOf(type(StopResult.Stopped.class)).satisfies(stopped -> {
            assertThat(stopped.pid()).isEqualTo(pid);
            assertThat(stopped.signal()).isEqualTo(Signal.TERM);
            assertThat(stopped.took()).isPositive();
        });

        assertThat(new ProcView(pid).isAlive()).isFalse();
        assertThat(pidfile).doesNotExist();
        assertThat(control.stop()).isEqualTo(new StopResult.NotRunning());
        assertThat(control.status()).isEqualTo(new DaemonStatus.Stopped());
    }

    @Test
    void aDaemonThatIgnoresSigtermIsKilledAfterItsGrace() throws Exception {
        long pid = start("sh", "-c", "trap '' TERM; while :; do sleep 1; done");
        Processes.await("the trap", () -> !new ProcView(pid).status("SigIgn").equals("0000000000000000"));

        assertThat(control.stop(
                        StopSchedule.of(Signal.TERM, Duration.ofMillis(300)).then(Signal.KILL, Duration.ofSeconds(10))))
                .asInstanceOf(type(StopResult.Stopped.class))
                .matches(stopped -> stopped.signal() == Signal.KILL);

        assertThat(new ProcView(pid).isAlive()).isFalse();
    }

    @Test
    void aStrangerWhosePidIsInThePidfileIsLeftAlone() throws Exception {
        Process stranger = processes.builder(List.of("sleep", "60")).start();
        Files.writeString(pidfile, stranger.pid() + "\n");

        assertThat(control.status()).isEqualTo(new DaemonStatus.Stale(pidfile.toAbsolutePath()));
        assertThat(control.stop()).isEqualTo(new StopResult.NotRunning());

        assertThat(stranger.isAlive()).isTrue();
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aForeignLockOnThePidfileIsNoReasonToSignalThePidInIt() throws Exception {
        Process stranger = processes.builder(List.of("sleep", "60")).start();
        Files.writeString(pidfile, stranger.pid() + "\n");
        Process holder = processes
                .builder(List.of("flock", pidfile.toString(), "sleep", "60"))
                .start();
        Processes.await("the lock", () -> control.status() instanceof DaemonStatus.Running);

        assertThat(control.status()).isEqualTo(new DaemonStatus.Running(OptionalLong.empty(), Optional.empty(), false));
        assertThat(control.stop()).isInstanceOf(StopResult.NotStopped.class);

        assertThat(stranger.isAlive()).isTrue();
        assertThat(holder.isAlive()).isTrue();
    }

    @Test
    void whatCannotBeJudgedIsSaidToBeUnknownAndNotStopped() throws Exception {
        Path target = Files.writeString(directory.resolve("target"), "1\n");
        Path link = Files.createSymbolicLink(directory.resolve("link.pid"), target);
        Path fifo = directory.resolve("fifo.pid");
        processes.run(List.of("mkfifo", fifo.toString()));

        for (Path unusable : List.of(link, fifo, directory)) {
            DaemonControl judge = DaemonControl.of(unusable);
            assertThat(judge.status()).as("%s", unusable).isInstanceOf(DaemonStatus.Unknown.class);
            assertThat(judge.stop()).as("%s", unusable).isInstanceOf(StopResult.NotStopped.class);
        }
    }

    @Test
    void aPidfileThatThisUserMayNotReachIsNotTakenForStopped() throws Exception {
        Prefix.assumeRoot();
        start("sleep", "60");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        List<String> status = Launcher.mode("status").with("pidfile", pidfile).command();

        assertThat(processes.run(Prefix.nobody().before(status)).out())
                .startsWith("Unknown[reason=open " + pidfile + ": EACCES");
    }

    @Test
    void whateverBecomesOfThePidfileMeanwhileAProcessThatHasEndedIsStopped() throws Exception {
        Path armed = directory.resolve("armed");
        long pid = start(
                "sh",
                "-c",
                "trap 'ln -sf nowhere \"$0\"; exit 0' TERM; : >\"$1\"; while :; do sleep 0.1; done",
                pidfile.toString(),
                armed.toString());
        Processes.await("the trap", () -> Files.exists(armed));

        assertThat(control.stop())
                .asInstanceOf(type(StopResult.Stopped.class))
                .matches(stopped -> stopped.pid() == pid);

        assertThat(new ProcView(pid).isAlive()).isFalse();
        assertThat(control.status()).isInstanceOf(DaemonStatus.Unknown.class);
    }

    @Test
    void nothingIsSignalledBecauseOfAPidfileThatOthersMayWrite() throws Exception {
        long pid = start("sleep", "60");
        Files.setPosixFilePermissions(pidfile, PosixFilePermissions.fromString("rw-rw-r--"));

        assertThat(control.stop())
                .asInstanceOf(type(StopResult.NotStopped.class))
                .matches(not -> not.reason().contains("GROUP_WRITE"));
        assertThat(control.reload()).isInstanceOf(SignalResult.NotSent.class);

        assertThat(new ProcView(pid).isAlive()).isTrue();
        Files.setPosixFilePermissions(pidfile, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(control.stop()).isInstanceOf(StopResult.Stopped.class);
    }

    @Test
    void aPendingInterruptChangesNoAnswer() {
        long pid = start("sleep", "60");
        Thread.currentThread().interrupt();
        try {
            assertThat(control.status())
                    .asInstanceOf(type(DaemonStatus.Running.class))
                    .matches(running -> running.pid().equals(OptionalLong.of(pid)));
            assertThat(control.stop()).isInstanceOf(StopResult.Stopped.class);
        } finally {
            assertThat(Thread.interrupted()).as("still pending").isTrue();
        }
    }

    @Test
    void aScheduleThatIsNoneIsRefusedBeforeAnythingIsDone() {
        assertThatIllegalArgumentException().isThrownBy(() -> StopSchedule.of(Signal.TERM, Duration.ofMillis(-500)));
        assertThatIllegalArgumentException().isThrownBy(() -> new StopSchedule(List.of()));
        assertThatNullPointerException().isThrownBy(() -> control.stop(null));
    }

    private long start(String... command) {
        long pid = DaemonSpec.builder().pidfile(pidfile).exec(command).pid();
        processes.own(pid);
        return pid;
    }
}
