package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.daemonspec.bindings.Libc;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SpawnTest {

    private static final String[] SLEEP = {"/bin/sleep", "60"};
    private static final ProcView SELF = new ProcView(ProcessHandle.current().pid());

    @RegisterExtension
    private final Processes processes = new Processes();

    @TempDir
    private Path folder;

    private final Posix posix = Posix.open();

    @AfterEach
    void close() {
        posix.close();
    }

    /** What a killed intermediate process leaves is in its session, and nobody else is. */
    @Test
    void whoeverIsInTheSessionIsEndedAndNobodyElse() throws Exception {
        Process member = new ProcessBuilder("setsid", "sleep", "600").start();
        Process stranger = new ProcessBuilder("sleep", "600").start();
        try (Posix posix = Posix.open()) {
            Processes.await(
                    "the session",
                    () -> ProcStat.of(member.pid())
                            .filter(stat -> stat.session() == member.pid())
                            .isPresent());

            Spawn.endSession(posix, (int) member.pid());

            assertThat(member.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(member.exitValue()).isEqualTo(128 + 9);
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            member.destroyForcibly();
            stranger.destroyForcibly();
        }
    }

    @Test
    void thePidIsThatOfTheProgramWhoseExecHasSucceeded() throws Exception {
        ProcView daemon = started(Requests.of(posix, List.of("NAME=value"), SLEEP));

        assertThat(daemon.isAlive()).isTrue();
        Processes.await("the program's environment", () -> daemon.environment().equals(List.of("NAME=value")));
    }

    @Test
    void theProcessIsInASessionOfItsOwnThatItDoesNotLeadAndNotOurChild() throws Exception {
        ProcView daemon = started(Requests.of(posix, SLEEP));

        assertThat(daemon.session()).isNotEqualTo(daemon.pid()).isNotEqualTo(SELF.session());
        assertThat(daemon.group()).isEqualTo(daemon.session());
        assertThat(daemon.terminal()).isZero();
        assertThat(daemon.parent()).isNotEqualTo(SELF.pid()).isNotEqualTo(daemon.session());
    }

    /** As in a launcher that was started with its standard streams closed: what it opens gets those numbers. */
    @Test
    void descriptorsThatChangePlacesDoNotOverwriteEachOther() throws Exception {
        Descriptor root = posix.open("/", Posix.OpenFor.ENTERING, 0);
        Map<Integer, String> ours = SELF.descriptors();
        assertThat(ours.get(0)).as("needed to tell them apart").isNotEqualTo(ours.get(1));

        ProcView daemon = started(new SpawnRequest(
                SLEEP[0],
                List.of(SLEEP),
                List.of(),
                022,
                root,
                SpawnRequest.inOrder(
                        posix.inherited(1), posix.inherited(0), posix.open("/dev/null", Posix.OpenFor.READING, 0))));

        assertThat(daemon.descriptors()).containsEntry(0, ours.get(1)).containsEntry(1, ours.get(0));
    }

    @Test
    void theIntermediateProcessIsReaped() throws Exception {
        ProcView daemon = started(Requests.of(posix, SLEEP));

        assertThat(Path.of("/proc", Long.toString(daemon.session()))).doesNotExist();
    }

    @Test
    void directoryUmaskAndDescriptorsAreThoseAskedForAndNoOthers() throws Exception {
        Path log = folder.resolve("log");
        Descriptor directory = posix.open(ByteString.of(folder), Posix.OpenFor.ENTERING, 0);
        Descriptor in = posix.open("/dev/null", Posix.OpenFor.READING, 0);
        Descriptor out = posix.open(ByteString.of(log), Posix.OpenFor.MAKING, 0640);
        List<Descriptor> pipe = posix.pipe();

        ProcView daemon = started(new SpawnRequest(
                SLEEP[0],
                List.of(SLEEP),
                List.of(),
                0137,
                directory,
                SpawnRequest.inOrder(in, out, out, pipe.getLast())));

        assertThat(daemon.workingDirectory()).isEqualTo(folder.toRealPath());
        assertThat(daemon.status("Umask")).isEqualTo("0137");
        assertThat(daemon.descriptorsOnceLoaded())
                .isEqualTo(Map.of(0, "/dev/null", 1, log.toString(), 2, log.toString(), 3, pipeName(pipe)));
    }

    private static String pipeName(List<Descriptor> pipe) throws IOException {
        return Files.readSymbolicLink(
                        Path.of("/proc/self/fd", "" + pipe.getLast().number()))
                .toString();
    }

    @Test
    void noSignalIsBlockedThoughAllAreInTheThreadThatStarts() throws Exception {
        MemorySegment before = posix.allocate(Libc.SIGSET_T_SIZE(), Long.BYTES);
        MemorySegment blocked = posix.allocate(Libc.SIGSET_T_SIZE(), Long.BYTES);
        posix.intCall(LibcFunction.SIGFILLSET, blocked.address());
        posix.intCall(LibcFunction.SIGDELSET, blocked.address(), Libc.SIGSEGV());

        posix.errorNumberCall(LibcFunction.PTHREAD_SIGMASK, Libc.SIG_SETMASK(), blocked.address(), before.address());
        int pid;
        try {
            pid = Spawn.start(Requests.of(posix, SLEEP));
        } finally {
            posix.errorNumberCall(LibcFunction.PTHREAD_SIGMASK, Libc.SIG_SETMASK(), before.address(), 0);
        }

        ProcView daemon = running(pid);
        assertThat(daemon.status("SigBlk")).isEqualTo("0000000000000000");
    }

    /** A shell's {@code trap ''} is what nohup(1) does; the JVM leaves signals alone that it finds ignored. */
    @Test
    void noSignalIsIgnoredThoughTheLauncherIgnoresSome() throws Exception {
        List<String> launcher = Launcher.mode("exec").command(SLEEP);
        List<String> shell = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' HUP INT USR1 TTOU; exec \"$@\"", "sh"));
        shell.addAll(launcher);

        Processes.Finished finished = processes.run(shell);

        assertThat(finished.out()).as("%s", finished).startsWith("started ");
        ProcView daemon = running(Integer.parseInt(finished.out().strip().replace("started ", "")));
        assertThat(daemon.status("SigIgn")).isEqualTo("0000000000000000");
        assertThat(daemon.status("SigBlk")).isEqualTo("0000000000000000");
    }

    @Test
    void worksOnAVirtualThread() throws Exception {
        FutureTask<Integer> task = new FutureTask<>(() -> {
            try (Posix own = Posix.open()) {
                return Spawn.start(Requests.of(own, SLEEP));
            }
        });

        Thread.ofVirtual().start(task);

        assertThat(running(task.get()).isAlive()).isTrue();
    }

    @Test
    void aProgramThatIsNotThereIsENOENT() {
        assertFailsWith(Errno.ENOENT, folder.resolve("absent"));
    }

    @Test
    void aFileThatMayNotBeExecutedIsEACCES() throws Exception {
        assertFailsWith(Errno.EACCES, Files.writeString(folder.resolve("text"), "text"));
    }

    @Test
    void anExecutableThatIsNoProgramIsENOEXEC() throws Exception {
        Path garbage = Files.writeString(folder.resolve("garbage"), "true\n");
        Files.setPosixFilePermissions(garbage, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertFailsWith(Errno.ENOEXEC, garbage);
    }

    @Test
    void aSymbolicLinkToItselfIsELOOP() throws Exception {
        assertFailsWith(Errno.ELOOP, Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop")));
    }

    private void assertFailsWith(Errno errno, Path program) {
        SpawnRequest request = Requests.of(posix, ByteString.of(program));

        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> Spawn.start(request))
                .withMessageContaining("posix_spawn " + program)
                .satisfies(failure -> assertThat(failure.errno()).isEqualTo(errno));
    }

    private ProcView started(SpawnRequest request) throws InterruptedException {
        return running(Spawn.start(request));
    }

    /**
     * posix_spawn(3) returns when execve(2) can fail no more; what {@code /proc} shows of the arguments follows in a
     * moment.
     */
    private ProcView running(int pid) throws InterruptedException {
        processes.own(pid);
        ProcView daemon = new ProcView(pid);
        Processes.await("the program's arguments", () -> daemon.arguments().equals(List.of(SLEEP)));
        return daemon;
    }
}
