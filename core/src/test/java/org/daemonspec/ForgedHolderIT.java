package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.WorldReadable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A lock can be passed on: a process that holds it, and is named by the file, is signalled only if nobody else can have had it so. */
class ForgedHolderIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;

    @BeforeEach
    void make() throws Exception {
        Prefix.assumeRoot();
        directory = WorldReadable.directory(directory);
        pidfile = Files.createFile(directory.resolve("pid"));
        Files.setPosixFilePermissions(pidfile, PosixFilePermissions.fromString("rw-r--r--"));
    }

    @Test
    void aFileThatOthersMayWriteIsNoReasonToSignal() throws Exception {
        ProcView holder = holder(Prefix.NONE);
        Files.setPosixFilePermissions(pidfile, PosixFilePermissions.fromString("rw-rw-rw-"));

        assertLeftAlone(holder, "so anybody may have written its pid; chmod it to 0644");
    }

    @Test
    void aFileOfAnotherUsersIsNoReasonToSignalAProcessThatIsNotHis() throws Exception {
        ProcView holder = holder(Prefix.NONE);
        Prefix.give(pidfile, Prefix.NOBODY);

        assertLeftAlone(holder, " belongs to nobody, and process " + holder.pid() + " does not; find out who wrote it");
    }

    @Test
    void aFileOfAnotherUsersIsReasonEnoughToSignalAProcessOfHis() throws Exception {
        Prefix.give(pidfile, Prefix.NOBODY);
        ProcView holder = holder(Prefix.nobody());

        assertThat(DaemonControl.of(pidfile).stop()).isInstanceOf(StopResult.Stopped.class);
        assertThat(holder.isAlive()).isFalse();
    }

    private void assertLeftAlone(ProcView holder, String reason) throws Exception {
        DaemonControl control = DaemonControl.of(pidfile);
        assertThat(control.stop())
                .asInstanceOf(type(StopResult.NotStopped.class))
                .satisfies(not -> assertThat(not.reason()).contains(reason));
        assertThat(control.signal(Signal.HUP))
                .asInstanceOf(type(SignalResult.NotSent.class))
                .satisfies(not -> assertThat(not.reason()).contains(reason));
        assertThat(holder.isAlive()).isTrue();
    }

    private ProcView holder(Prefix asWhom) throws Exception {
        List<String> command = List.of("flock", "--no-fork", pidfile.toString(), "sleep", "1000");
        Process process = processes.builder(asWhom.before(command)).start();
        ProcView holder = new ProcView(process.pid());
        Processes.await("the lock", () -> holder.status("Name").equals("sleep"));
        Files.writeString(pidfile, process.pid() + "\n");
        return holder;
    }
}
