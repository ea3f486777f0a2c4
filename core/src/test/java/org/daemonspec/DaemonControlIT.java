package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.daemonspec.support.Launcher;
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
        long pid = start("sleep", "60");
        assertThat(control.status()).isEqualTo(new DaemonStatus.Running(OptionalLong.of(pid)));

        assertThat(control.stop(Duration.ofSeconds(10)))
                .asInstanceOf(type(StopResult.Stopped.class))
                .satisfies(stopped -> {
                    assertThat(stopped.pid()).isEqualTo(pid);
                    assertThat(stopped.killed()).isFalse();
                });

        assertThat(new ProcView(pid).isAlive()).isFalse();
        assertThat(pidfile).doesNotExist();
        assertThat(control.stop(Duration.ofSeconds(10))).isEqualTo(new StopResult.NotRunning());
        assertThat(control.status()).isEqualTo(new DaemonStatus.Stopped());
    }

    @Test
    void aDaemonThatIgnoresSigtermIsKilledAfterItsGrace() throws Exception {
        long pid = start("sh", "-c", "trap '' TERM; while :; do sleep 1; done");
        Processes.await("the trap", () -> !new ProcView(pid).status("SigIgn").equals("0000000000000000"));

        assertThat(control.stop(Duration.ofMillis(300)))
                .asInstanceOf(type(StopResult.Stopped.class))
                .matches(StopResult.Stopped::killed);

        assertThat(new ProcView(pid).isAlive()).isFalse();
    }

    @Test
    void aStrangerWhosePidIsInThePidfileIsLeftAlone() throws Exception {
        Process stranger = processes.builder(List.of("sleep", "60")).start();
        Files.writeString(pidfile, stranger.pid() + "\n");

        assertThat(control.status()).isEqualTo(new DaemonStatus.Stale(pidfile.toAbsolutePath()));
        assertThat(control.stop(Duration.ofSeconds(1))).isEqualTo(new StopResult.NotRunning());

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

        assertThat(control.status()).isEqualTo(new DaemonStatus.Running(OptionalLong.empty()));
        assertThat(control.stop(Duration.ofSeconds(1))).isInstanceOf(StopResult.NotStopped.class);

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
            assertThat(judge.stop(Duration.ofSeconds(1))).as("%s", unusable).isInstanceOf(StopResult.NotStopped.class);
        }
    }

    @Test
    void aPidfileThatThisUserMayNotReachIsNotTakenForStopped() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can become another user");
        start("sleep", "60");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        List<String> asNobody = new ArrayList<>(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        asNobody.addAll(Launcher.mode("status").with("pidfile", pidfile).command());

        assertThat(processes.run(asNobody).out()).startsWith("Unknown[reason=open " + pidfile + ": EACCES");
    }

    @Test
    void aPidfileThatCannotBeRemovedIsNoReasonToDenyThatTheDaemonHasEnded() throws Exception {
        long pid = start("sleep", "60");
        Files.setPosixFilePermissions(pidfile, PosixFilePermissions.fromString("rw-rw-r--"));

        assertThat(control.stop(Duration.ofSeconds(10))).isInstanceOf(StopResult.Stopped.class);

        assertThat(new ProcView(pid).isAlive()).isFalse();
        assertThat(control.status()).isEqualTo(new DaemonStatus.Stale(pidfile.toAbsolutePath()));
    }

    @Test
    void aPendingInterruptChangesNoAnswer() {
        long pid = start("sleep", "60");
        Thread.currentThread().interrupt();
        try {
            assertThat(control.status()).isEqualTo(new DaemonStatus.Running(OptionalLong.of(pid)));
            assertThat(control.stop(Duration.ofSeconds(10))).isInstanceOf(StopResult.Stopped.class);
        } finally {
            assertThat(Thread.interrupted()).as("still pending").isTrue();
        }
    }

    @Test
    void aGraceThatIsNoneIsRefusedBeforeAnythingIsDone() {
        long pid = start("sleep", "60");

        assertThatIllegalArgumentException().isThrownBy(() -> control.stop(Duration.ofMillis(-500)));
        assertThatNullPointerException().isThrownBy(() -> control.stop(null));

        assertThat(new ProcView(pid).isAlive()).isTrue();
    }

    private long start(String... command) {
        long pid = DaemonSpec.builder().pidfile(pidfile).exec(command).pid();
        processes.own(pid);
        return pid;
    }
}
