package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lock is the daemon's alone: a child of it that goes on when it has ended does not have it. */
class OutlivingChildIT {

    /** The descriptor of the lock in a JVM that is a daemon. */
    private static final int LOCK = 5;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path childFile;
    private DaemonControl control;

    @BeforeEach
    void nameFiles() throws IOException {
        pidfile = directory.toRealPath().resolve("parent.pid");
        childFile = directory.resolve("child");
        control = DaemonControl.of(pidfile);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"process-builder", "system", "posix_spawn"})
    void aChildThatOutlivesAStoppedDaemonDoesNotKeepTheLock(String how) throws Exception {
        ProcView daemon = startParent(how);
        ProcView child = ProcView.ofPidfile(childFile);
        Processes.await("sleep", () -> child.arguments().getLast().equals("600"));
        assertThat(child.descriptors()).doesNotContainValue(pidfile.toString());

        assertThat(control.stop())
                .asInstanceOf(type(StopResult.Stopped.class))
                .matches(stopped -> stopped.pid() == daemon.pid());

        assertThat(child.isAlive()).isTrue();
        assertThat(pidfile).doesNotExist();
        assertThat(control.status()).isEqualTo(new DaemonStatus.Stopped());
        assertTheNextStartsAtOnce(how);
        assertThat(child.isAlive()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"process-builder", "system", "posix_spawn"})
    void aChildThatOutlivesAKilledDaemonDoesNotKeepTheLock(String how) throws Exception {
        ProcView daemon = startParent(how);
        ProcView child = ProcView.ofPidfile(childFile);

        ProcessHandle.of(daemon.pid()).orElseThrow().destroyForcibly();
        // A JVM's first thread may be a zombie while others still hold the lock, but it is not reaped before they are
        // gone.
        Processes.await("the daemon to be reaped", () -> Files.notExists(Path.of("/proc", "" + daemon.pid())));

        assertThat(child.isAlive()).isTrue();
        assertThat(control.status()).isEqualTo(new DaemonStatus.Stale(pidfile));
        assertTheNextStartsAtOnce(how);
        assertThat(child.isAlive()).isTrue();
    }

    private ProcView startParent(String how) throws Exception {
        Finished launcher = processes.run(RaceProgram.command("parent", pidfile.toString(), childFile.toString(), how));
        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertThat(daemon.hasLock(LOCK)).as("locks the pidfile").isTrue();
        return daemon;
    }

    private void assertTheNextStartsAtOnce(String how) throws Exception {
        ProcView next = startParent(how);
        assertThat(control.status())
                .asInstanceOf(type(DaemonStatus.Running.class))
                .matches(running -> running.pid().equals(OptionalLong.of(next.pid())));
    }
}
