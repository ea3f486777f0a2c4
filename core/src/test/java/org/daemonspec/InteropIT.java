package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A pidfile of ours in the hands of the tools that administrators and other daemons use. */
class InteropIT {

    /** Exit status that flock(1) is asked to give if the lock is held. */
    private static final int HELD = 75;

    /** As FreeBSD's daemons do it; tells what it found and then holds on. */
    private static final String PIDFILE_OPEN_PROGRAM = """
        #include <bsd/libutil.h>
        #include <errno.h>
        #include <stdio.h>
        #include <unistd.h>

        int main(int argc, char **argv) {
            pid_t holder = 0;
            struct pidfh *pidfile = argc == 2 ? pidfile_open(argv[1], 0644, &holder) : NULL;
            if (pidfile == NULL) {
                const char *error = errno == EEXIST ? "EEXIST" : errno == EINVAL ? "EINVAL" : "another errno";
                printf("%s, pid %ld\\n", error, (long) holder);
                return 1;
            }
            if (pidfile_write(pidfile) != 0) {
                perror("pidfile_write");
                return 2;
            }
            for (;;) {
                pause();
            }
        }
        """;

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
    void flockIsRefusedForAsLongAsADaemonRuns() throws Exception {
        String flock = tool("flock", "util-linux");
        List<String> exclusive = List.of(flock, "-n", "-E", Integer.toString(HELD), pidfile.toString(), "true");
        List<String> shared = List.of(flock, "-s", "-n", "-E", Integer.toString(HELD), pidfile.toString(), "true");
        long pid = start();

        assertThat(processes.run(exclusive).exitCode()).isEqualTo(HELD);
        assertThat(processes.run(shared).exitCode()).isEqualTo(HELD);

        kill(pid);
        assertThat(processes.run(exclusive).exitCode()).isZero();
    }

    @Test
    void aStartIsRefusedWithThePidThatAScriptWroteUnderFlock() throws Exception {
        String flock = tool("flock", "util-linux");
        Process script = processes
                .builder(List.of(
                        flock, pidfile.toString(), "sh", "-c", "echo $$ >\"$0\" && exec sleep 60", pidfile.toString()))
                .start();
        long holder = awaitPid("the script's pid");

        assertStartIsRefused(OptionalLong.of(holder));

        kill(holder);
        script.waitFor(); // flock has the lock open, too
        assertThat(control.status()).isNotInstanceOf(DaemonStatus.Running.class);
        start();
    }

    @Test
    void daemonizeIsRefusedForAsLongAsADaemonRuns() throws Exception {
        List<String> daemonize = daemonize();
        long pid = start();

        Finished refused = processes.run(daemonize);

        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(1);
        assertThat(refused.err()).contains("Can't lock the lock file");
        assertThat(pidfile).hasContent(Long.toString(pid));
        assertThat(new ProcView(pid).isAlive()).isTrue();

        kill(pid);
        assertThat(processes.run(daemonize).exitCode()).isZero();
        Processes.await("the other pid", () -> pidInFile().orElse(pid) != pid);
        assertThat(control.status()).isInstanceOf(DaemonStatus.Running.class);
    }

    @Test
    void aStartIsRefusedWithThePidOfADaemonizedProgram() throws Exception {
        Finished daemonized = processes.run(daemonize());
        assertThat(daemonized.exitCode()).as(daemonized.err()).isZero();
        long holder = awaitPid("the daemonized program's pid");

        assertStartIsRefused(OptionalLong.of(holder));

        kill(holder);
        assertThat(control.status()).isNotInstanceOf(DaemonStatus.Running.class);
        start();
    }

    /** libbsd calls the newline after a pid EINVAL, and without one says EEXIST; it gives the pid in both cases. */
    @Test
    void pidfileOpenIsRefusedWithTheDaemonsPid() throws Exception {
        String program = pidfileOpenProgram();
        long pid = start();

        Finished refused = processes.run(List.of(program, pidfile.toString()));

        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(1);
        assertThat(refused.out()).isIn("EEXIST, pid " + pid + "\n", "EINVAL, pid " + pid + "\n");
        assertThat(pidfile).hasContent(Long.toString(pid));

        kill(pid);
        Process successor =
                processes.builder(List.of(program, pidfile.toString())).start();
        awaitPid(successor);
        assertThat(control.status()).isInstanceOf(DaemonStatus.Running.class);
    }

    @Test
    void aStartIsRefusedWhileAnotherProgramHasThePidfileOpenWithLibbsd() throws Exception {
        Process holder = processes
                .builder(List.of(pidfileOpenProgram(), pidfile.toString()))
                .start();
        awaitPid(holder);

        assertStartIsRefused(OptionalLong.of(holder.pid()));
        assertThat(holder.isAlive()).isTrue();
        assertThat(pidInFile()).hasValue(holder.pid());

        kill(holder.pid());
        assertThat(control.status()).isNotInstanceOf(DaemonStatus.Running.class);
        start();
    }

    @Test
    void startStopDaemonFindsAndStopsADaemonByItsPidfile() throws Exception {
        String startStopDaemon = tool("start-stop-daemon", "dpkg");
        List<String> status = List.of(startStopDaemon, "--status", "--pidfile", pidfile.toString());
        long pid = start();
        assertThat(processes.run(status).exitCode()).isZero();

        Finished stopped =
                processes.run(List.of(startStopDaemon, "--stop", "--pidfile", pidfile.toString(), "--retry", "5"));

        assertThat(new ProcView(pid).isAlive()).isFalse();
        assertThat(control.status()).isNotInstanceOf(DaemonStatus.Running.class);
        assumeTrue(
                Files.notExists(Path.of("/proc", Long.toString(pid))),
                "process 1 reaps no orphans here, and for start-stop-daemon a zombie runs");
        assertThat(stopped.exitCode()).as(stopped.err()).isZero();
        assertThat(processes.run(status).exitCode()).isNotZero();
    }

    @Test
    void pgrepNamesADaemonForAsLongAsItRuns() throws Exception {
        List<String> pgrep = List.of(tool("pgrep", "procps"), "-F", pidfile.toString(), "-L");
        long pid = start();
        assertThat(processes.run(pgrep).out()).isEqualTo(pid + "\n");

        kill(pid);

        assertThat(pidfile).hasContent(Long.toString(pid));
        assertNamesNothing(processes.run(pgrep));
    }

    @Test
    void pgrepDoesNotTakeAStrangerForTheDaemonWhosePidItHasNow() throws Exception {
        List<String> pgrep = List.of(tool("pgrep", "procps"), "-F", pidfile.toString(), "-L");
        kill(start());
        Process stranger = processes.builder(List.of("sleep", "60")).start();
        Files.writeString(pidfile, stranger.pid() + "\n");

        assertNamesNothing(processes.run(pgrep));
    }

    private static void assertNamesNothing(Finished pgrep) {
        assertThat(pgrep.out()).isEmpty();
        assertThat(pgrep.exitCode()).as(pgrep.err()).isEqualTo(1);
    }

    private long start() {
        long pid = DaemonSpec.builder().pidfile(pidfile).exec("sleep", "60").pid();
        processes.own(pid);
        return pid;
    }

    private void assertStartIsRefused(OptionalLong holder) {
        assertThatExceptionOfType(AlreadyRunningException.class)
                .isThrownBy(this::start)
                .satisfies(e -> assertThat(e.pid()).isEqualTo(holder));
        assertThat(control.status()).isInstanceOf(DaemonStatus.Running.class);
    }

    private static void kill(long pid) throws InterruptedException {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        Processes.await("the end of process " + pid, () -> !new ProcView(pid).isAlive());
    }

    /** The pid that another program writes to the pidfile. */
    private long awaitPid(String what) throws InterruptedException {
        Processes.await(what, () -> pidInFile().isPresent());
        return pidInFile().getAsLong();
    }

    private void awaitPid(Process holder) throws InterruptedException {
        Processes.await("the holder's pid", () -> pidInFile().equals(OptionalLong.of(holder.pid())));
    }

    /** What is written there, with or without a newline; empty while nothing is. */
    private OptionalLong pidInFile() {
        try {
            String text = Files.readString(pidfile).strip();
            return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
        } catch (IOException notYetThere) {
            return OptionalLong.empty();
        }
    }

    /** With one file for the lock and the pid, as daemonize(1) allows. */
    private List<String> daemonize() {
        return List.of(
                tool("daemonize", "daemonize"),
                "-p",
                pidfile.toString(),
                "-l",
                pidfile.toString(),
                tool("sleep", "coreutils"),
                "60");
    }

    private String pidfileOpenProgram() throws Exception {
        String compiler = tool("cc", "gcc");
        Path source = Files.writeString(directory.resolve("pidfile-open.c"), PIDFILE_OPEN_PROGRAM);
        List<String> onlyRead = List.of(compiler, "-E", "-o", "/dev/null", source.toString());
        assumeTrue(processes.run(onlyRead).exitCode() == 0, "there is no bsd/libutil.h: install libbsd-dev");
        Path program = directory.resolve("pidfile-open");
        Finished compiled = processes.run(List.of(compiler, "-o", program.toString(), source.toString(), "-lbsd"));
        assertThat(compiled.exitCode()).as(compiled.err()).isZero();
        return program.toString();
    }

    /** Where a program is, also one for administrators that is not in every user's path. */
    private static String tool(String name, String debianPackage) {
        List<String> folders = new ArrayList<>(List.of(System.getenv("PATH").split(":", -1)));
        folders.add("/usr/sbin");
        Optional<Path> found = folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(found.isPresent(), "there is no " + name + ": install " + debianPackage);
        return found.orElseThrow().toString();
    }
}
