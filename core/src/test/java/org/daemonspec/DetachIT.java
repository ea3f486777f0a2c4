package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class DetachIT {

    private static final int O_APPEND = 02000;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path log;
    private Path gate;

    @BeforeEach
    void nameFiles() {
        pidfile = directory.resolve("probe.pid");
        log = directory.resolve("probe.log");
        gate = directory.resolve("gate");
    }

    @Test
    void theDaemonIsWhatAnAdministratorExpects() throws Exception {
        Finished launcher =
                processes.run(Launcher.mode("detach").with("pidfile", pidfile).command());

        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertThat(daemon.isAlive()).isTrue();
        assertThat(daemon.session()).as("not a session leader").isNotEqualTo(daemon.pid());
        assertThat(daemon.session()).as("a session of its own").isEqualTo(daemon.group());
        assertThat(new ProcView(daemon.session()).isAlive())
                .as("session leader")
                .isFalse();
        assertThat(daemon.session())
                .isNotEqualTo(new ProcView(ProcessHandle.current().pid()).session());
        assertThat(daemon.terminal()).as("controlling terminal").isZero();
        assertThat(daemon.parent()).isEqualTo(reaper());
        assertThat(daemon.workingDirectory()).isEqualTo(Path.of("/"));
        assertThat(daemon.status("Umask")).isEqualTo("0022");
        assertThat(daemon.status("SigBlk")).isEqualTo("0000000000000000");
        assertThat(daemon.status("SigIgn")).isEqualTo("0000000000000000");
        assertThat(foreignDescriptors(daemon))
                .containsExactly("0 -> /dev/null", "1 -> /dev/null", "2 -> /dev/null", "5 -> " + pidfile.toRealPath());
        assertThat(daemon.hasLock(5)).isTrue();
    }

    @Test
    void everySettingShowsInTheProcess() throws Exception {
        Path input = Files.writeString(directory.resolve("input"), "hello");
        Path errors = directory.resolve("errors");
        Path work = Files.createDirectory(directory.resolve("work"));
        List<String> command = Launcher.mode("detach")
                .with("pidfile", pidfile)
                .with("cwd", work)
                .with("umask", "027")
                .with("stdin", input)
                .with("stdout", log)
                .with("stderr", errors)
                .with("env.GREETING", "good morning")
                .with("unset", "REMOVED")
                .with("jvmOption", "-Xmx77m")
                .command();
        ProcessBuilder launcher = processes.builder(command);
        launcher.environment().put("REMOVED", "x");
        launcher.environment().put("KEPT", "y");

        assertThat(processes.run(launcher).exitCode()).isZero();

        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertThat(daemon.workingDirectory()).isEqualTo(work.toRealPath());
        assertThat(daemon.status("Umask")).isEqualTo("0027");
        assertThat(daemon.descriptors()).containsEntry(0, input.toRealPath().toString());
        assertThat(daemon.descriptors()).containsEntry(1, log.toRealPath().toString());
        assertThat(daemon.descriptors()).containsEntry(2, errors.toRealPath().toString());
        assertThat(daemon.descriptorFlags(1) & O_APPEND).as("stdout appends").isNotZero();
        assertThat(daemon.descriptorFlags(2) & O_APPEND).as("stderr appends").isNotZero();
        assertThat(daemon.environment())
                .contains("GREETING=good morning", "KEPT=y")
                .doesNotContain("REMOVED=x");
        assertThat(daemon.arguments()).contains("-Xmx77m");
    }

    @Test
    void aClearedEnvironmentHasOnlyWhatIsSet() throws Exception {
        Finished launcher = processes.run(Launcher.mode("detach")
                .with("pidfile", pidfile)
                .with("clear", true)
                .with("env.ONLY", "this")
                .command());

        assertThat(launcher.exitCode()).as(launcher.err()).isZero();
        ProcView daemon = ProcView.ofPidfile(pidfile);
        processes.own(daemon.pid());
        assertThat(daemon.environment()).containsExactly("ONLY=this");
    }

    @Test
    void stderrToStdoutIsOneOpenFileThatIsAppendedTo() throws Exception {
        Files.writeString(log, "before\n");
        Finished launcher = processes.run(Launcher.mode("ready")
                .with("gate", Files.createFile(gate))
                .with("pidfile", pidfile)
                .with("stdout", log)
                .with("stderrToStdout", true)
                .command());

        assertThat(launcher.exitCode()).as(launcher.err()).isZero();
        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertThat(daemon.descriptors().get(2)).isEqualTo(daemon.descriptors().get(1));
        assertThat(Files.readString(log)).isEqualTo("before\nwaiting\nready\n");
    }

    @Test
    void theLauncherReturnsWhenTheDaemonIsReadyAndNotBefore() throws Exception {
        Process launcher = processes
                .builder(Launcher.mode("ready")
                        .with("pidfile", pidfile)
                        .with("gate", gate)
                        .with("stdout", log)
                        .command())
                .start();
        Processes.await("the task to run", () -> contains(log, "waiting"));
        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertThat(launcher.isAlive()).as("waits for ready").isTrue();
        assertThat(daemon.isAlive()).isTrue();

        Files.createFile(gate);

        assertThat(launcher.waitFor()).isZero();
        assertThat(ProcView.ofPidfile(pidfile)).isEqualTo(daemon);
        assertThat(daemon.parent()).isEqualTo(reaper());
        assertThat(processes.marked()).as("nobody else is left").containsExactly(daemon);
    }

    @Test
    void aTaskThatFailsIsAFailedStartWithItsReason() throws Exception {
        Finished launcher = processes.run(Launcher.mode("fail")
                .with("pidfile", pidfile)
                .with("stderr", log)
                .command());

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(launcher.err())
                .isEqualTo("probe: start failed: java.lang.IllegalStateException: the database is down very down,"
                        + " caused by java.lang.Exception: no route\n");
        assertThat(Files.readString(log)).contains("IllegalStateException", "at org.daemonspec");
        assertNothingIsLeft();
    }

    @Test
    void aJvmThatExitsWithoutAWordIsReportedWithStatusAndTheEndOfItsLog() throws Exception {
        Files.writeString(log, "from an earlier run\n");
        Finished launcher = processes.run(Launcher.mode("exit")
                .with("pidfile", pidfile)
                .with("stderr", log)
                .command());

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(launcher.err())
                .contains("(exit status 3)", "the end of " + log, "last words")
                .doesNotContain("from an earlier run");
        assertNothingIsLeft();
    }

    @Test
    void aJvmThatDiesWithoutALogIsReportedWithSignalAndItsLastWords() throws Exception {
        Finished launcher =
                processes.run(Launcher.mode("crash").with("pidfile", pidfile).command());

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(launcher.err()).contains("killed by SIGKILL", "its last words:", "before the crash");
        assertNothingIsLeft();
    }

    @Test
    void aMainThatFailsBeforeItGetsToDetachIsReported() throws Exception {
        Finished launcher = processes.run(
                Launcher.mode("never-detach").with("pidfile", pidfile).command());

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(launcher.err()).contains("(exit status 1)", "main failed before detach");
        assertNothingIsLeft();
    }

    @Test
    void aDaemonThatIsNotReadyInTimeIsEnded() throws Exception {
        Finished launcher = processes.run(Launcher.mode("ready")
                .with("pidfile", pidfile)
                .with("gate", gate)
                .with("timeout", 1500)
                .command());

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(launcher.err()).contains("not ready after 1.5 s", "terminated", "waiting");
        assertNothingIsLeft();
    }

    @Test
    void aSecondStartNamesTheRunningInstanceAndTouchesNothing() throws Exception {
        List<String> command = Launcher.mode("detach")
                .with("pidfile", pidfile)
                .with("stdout", log)
                .command();
        assertThat(processes.run(command).exitCode()).isZero();
        String content = Files.readString(pidfile);
        FileTime pidfileTime = Files.getLastModifiedTime(pidfile);
        FileTime logTime = Files.getLastModifiedTime(log);
        Path otherLog = directory.resolve("other.log");

        Finished second = processes.run(Launcher.mode("detach")
                .with("pidfile", pidfile)
                .with("stdout", otherLog)
                .command());

        assertThat(second)
                .isEqualTo(new Finished(
                        DaemonException.EXIT_ALREADY_RUNNING,
                        "",
                        "probe: already running (pid " + content.strip() + ").\n"));
        assertThat(pidfile).hasContent(content.strip());
        assertThat(Files.getLastModifiedTime(pidfile)).isEqualTo(pidfileTime);
        assertThat(Files.getLastModifiedTime(log)).isEqualTo(logTime);
        assertThat(otherLog).doesNotExist();
        assertThat(ProcView.ofPidfile(pidfile).isAlive()).isTrue();
    }

    @Test
    void thePidfileHasItsModeWhateverTheUmask() throws Exception {
        List<String> command = Launcher.mode("detach")
                .with("pidfile", pidfile)
                .with("umask", "077")
                .command();
        List<String> underUmask = new ArrayList<>(List.of("sh", "-c", "umask 077; exec \"$@\"", "sh"));
        underUmask.addAll(command);

        assertThat(processes.run(underUmask).exitCode()).isZero();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(pidfile)))
                .isEqualTo("rw-r--r--");
        assertThat(Files.readString(pidfile)).matches("[0-9]+\n");
    }

    @Test
    void thePidfileIsRemovedWhenTheDaemonIsTerminated() throws Exception {
        assertThat(processes
                        .run(Launcher.mode("detach").with("pidfile", pidfile).command())
                        .exitCode())
                .isZero();
        ProcView daemon = ProcView.ofPidfile(pidfile);

        ProcessHandle.of(daemon.pid()).orElseThrow().destroy();

        Processes.await("the daemon's end", () -> !daemon.isAlive());
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void thePidfileIsRemovedWhenTheTaskFailsLater() throws Exception {
        Finished launcher = processes.run(Launcher.mode("fail-after-ready")
                .with("pidfile", pidfile)
                .with("gate", gate)
                .with("stderr", log)
                .command());
        assertThat(launcher.exitCode()).isZero();
        ProcView daemon = ProcView.ofPidfile(pidfile);

        Files.createFile(gate);

        Processes.await("the daemon's end", () -> !daemon.isAlive());
        assertThat(pidfile).doesNotExist();
        assertThat(Files.readString(log)).contains("IllegalStateException: too late");
    }

    @Test
    void aPidfileThatWasReplacedIsNotRemoved() throws Exception {
        assertThat(processes
                        .run(Launcher.mode("detach").with("pidfile", pidfile).command())
                        .exitCode())
                .isZero();
        ProcView daemon = ProcView.ofPidfile(pidfile);
        Files.delete(pidfile);
        Files.writeString(pidfile, "somebody else's\n");

        ProcessHandle.of(daemon.pid()).orElseThrow().destroy();

        Processes.await("the daemon's end", () -> !daemon.isAlive());
        assertThat(pidfile).hasContent("somebody else's");
    }

    @Test
    void aStalePidfileHeals() throws Exception {
        for (String garbage : List.of("", "1\n", "-1\n", "99999999999999999999\n", "12", "no pid\0\n", "\n\n4711\n")) {
            Files.writeString(pidfile, garbage);
            Finished launcher = processes.run(
                    Launcher.mode("return").with("pidfile", pidfile).command());
            assertThat(launcher).as(garbage).isEqualTo(new Finished(0, "", ""));
            Processes.await("the daemon's end", () -> !Files.exists(pidfile));
        }
    }

    @Test
    void aDaemonWhoseTaskReturnsEndsAndOneWithThreadsDoesNot() throws Exception {
        assertThat(processes
                        .run(Launcher.mode("return").with("pidfile", pidfile).command())
                        .exitCode())
                .isZero();
        Processes.await("the daemon's end", () -> !Files.exists(pidfile));

        assertThat(processes
                        .run(Launcher.mode("thread").with("pidfile", pidfile).command())
                        .exitCode())
                .isZero();
        Thread.sleep(500);
        assertThat(ProcView.ofPidfile(pidfile).isAlive()).isTrue();
    }

    @Test
    void aSpecificationThatCannotWorkIsRefusedWithAllItsProblems() throws Exception {
        Finished launcher = processes.run(Launcher.mode("detach")
                .with("pidfile", directory.resolve("missing/probe.pid"))
                .with("cwd", directory.resolve("nowhere"))
                .with("stdin", directory.resolve("nothing"))
                .with("stdout", directory)
                .with("stderr", directory.resolve("absent/log"))
                .command());

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_CONFIGURED);
        assertThat(launcher.err())
                .contains("workingDirectory " + directory.resolve("nowhere") + ": ENOENT")
                .contains("stdin " + directory.resolve("nothing") + ": ENOENT")
                .contains("stdout " + directory + ": EISDIR")
                .contains("stderr " + directory.resolve("absent/log") + ": ENOENT")
                .contains("pidfile " + directory.resolve("missing/probe.pid") + ": ENOENT");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void pidfilesThatCannotBeTrustedAreRefused() throws Exception {
        Path target = Files.writeString(directory.resolve("target"), "precious\n");
        Path link = Files.createSymbolicLink(directory.resolve("link.pid"), target);
        Path open = Files.writeString(directory.resolve("open.pid"), "1\n");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-rw-rw-"));
        Path fifo = directory.resolve("fifo.pid");
        assertThat(processes.run(List.of("mkfifo", fifo.toString())).exitCode()).isZero();

        assertThat(refusal(link)).contains("ELOOP", "symbolic link");
        assertThat(refusal(open)).contains("OTHERS_WRITE");
        assertThat(refusal(fifo)).contains("not a regular file");
        assertThat(refusal(directory)).contains("EISDIR");
        assertThat(target).hasContent("precious");
    }

    @Test
    void aFullDiskIsKnownBeforeAnythingIsForked() throws Exception {
        Path small = Files.createDirectory(directory.resolve("small"));
        Finished mount = processes.run(List.of("mount", "-t", "tmpfs", "-o", "size=64k", "none", small.toString()));
        assumeTrue(mount.exitCode() == 0, "only root may mount a small file system: " + mount.err());
        try {
            processes.run(List.of("dd", "if=/dev/zero", "of=" + small.resolve("filler"), "bs=4k"));
            assertThat(refusal(small.resolve("probe.pid"))).contains("pwrite", "ENOSPC", "room on its disk");
            assertThat(small.resolve("probe.pid")).doesNotExist();
        } finally {
            processes.run(List.of("umount", small.toString()));
        }
    }

    @Test
    void aTaskThatReturnsWithoutBeingReadyIsAFailedStartThatSaysSo() throws Exception {
        Finished launcher =
                processes.run(Launcher.mode("no-ready").with("pidfile", pidfile).command());

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(launcher.err()).contains("the task returned without calling ready()");
        assertNothingIsLeft();
    }

    @Test
    void detachWorksOnAnotherThreadThatMainWaitsFor() throws Exception {
        Finished launcher =
                processes.run(Launcher.mode("off-main").with("pidfile", pidfile).command());

        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        Processes.await("the daemon's end", () -> !Files.exists(pidfile));
    }

    @Test
    void deniedNativeAccessAndAnotherPlatformAreOneSentence() throws Exception {
        Finished denied = processes.run(Launcher.mode("detach")
                .option("--illegal-native-access=deny")
                .without("--enable-native-access=ALL-UNNAMED")
                .with("pidfile", pidfile)
                .command());
        if (Runtime.version().feature() >= 24) { // JEP 472; before, only a warning
            assertThat(denied)
                    .isEqualTo(new Finished(
                            DaemonException.EXIT_NOT_RUNNING,
                            "",
                            "daemonspec: This JVM denies native access; add --enable-native-access=ALL-UNNAMED to the"
                                    + " java command line.\n"));
        }

        Finished elsewhere = processes.run(Launcher.mode("detach")
                .option("-Dos.name=Plan 9")
                .with("pidfile", pidfile)
                .command());
        assertThat(elsewhere.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(elsewhere.err())
                .startsWith("daemonspec: daemonspec runs on Linux with glibc on x86-64 or aarch64, and this is Plan 9");
    }

    @Test
    void anIgnoredSigchldHidesNeitherErrnoNorTheExitStatus() throws Exception {
        List<String> ignoring = List.of("env", "--ignore-signal=CHLD");
        assumeTrue(
                processes.run(concat(ignoring, List.of("true"))).exitCode() == 0,
                "this env(1) has no --ignore-signal: needs coreutils 8.31");

        Finished exit = processes.run(
                concat(ignoring, Launcher.mode("exit").with("pidfile", pidfile).command()));
        assertThat(exit.err()).contains("(exit status 3)");

        Finished exec = processes.run(concat(ignoring, Launcher.mode("exec").command("/no/such/program")));
        assertThat(exec.err()).contains("posix_spawn /no/such/program: ENOENT");

        Finished ready = processes.run(concat(
                ignoring, Launcher.mode("detach").with("pidfile", pidfile).command()));
        assertThat(ready).isEqualTo(new Finished(0, "", ""));
        assertThat(ProcView.ofPidfile(pidfile).status("SigIgn")).isEqualTo("0000000000000000");
    }

    @Test
    void aFileThatIsNoPidfileIsNotOverwritten() throws Exception {
        Path config = Files.writeString(directory.resolve("config"), "setting = value\n".repeat(10));

        assertThat(refusal(config)).contains("no pidfile's");
        assertThat(Files.readString(config)).startsWith("setting = value");
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }

    private String refusal(Path unusable) throws Exception {
        Finished launcher =
                processes.run(Launcher.mode("detach").with("pidfile", unusable).command());
        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_CONFIGURED);
        assertThat(processes.marked()).isEmpty();
        return launcher.err();
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(pidfile).doesNotExist();
        assertThat(processes.marked()).as("processes").isEmpty();
    }

    /** Without what the JVM opens for itself. */
    private static List<String> foreignDescriptors(ProcView daemon) throws IOException {
        Path jdk = Path.of(System.getProperty("java.home")).toRealPath();
        return daemon.descriptors().entrySet().stream()
                .map(entry -> entry.getKey() + " -> " + entry.getValue())
                .filter(entry -> !entry.contains(" -> " + jdk) && !entry.endsWith(".jar"))
                .toList();
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.exists(file) && Files.readString(file).contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    /** init, or whoever reaps orphans here: the parent that an orphan of a plain shell gets. */
    private long reaper() throws Exception {
        Finished orphan = processes.run(List.of("sh", "-c", "(sleep 30 >/dev/null 2>&1 & echo $!)"));
        ProcView sleep = new ProcView(Long.parseLong(orphan.out().strip()));
        long parent = sleep.parent();
        ProcessHandle.of(sleep.pid()).orElseThrow().destroyForcibly();
        Processes.await("the orphan's end", () -> !sleep.isAlive());
        return parent;
    }
}
