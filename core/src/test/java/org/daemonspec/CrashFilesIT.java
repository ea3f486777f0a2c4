package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class CrashFilesIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path logs;

    @BeforeEach
    void nameFiles() throws Exception {
        pidfile = directory.resolve("probe.pid");
        logs = Files.createDirectory(directory.resolve("logs 100%"));
    }

    @Test
    void aJvmThatCrashesLeavesItsReportBesideTheLog() throws Exception {
        assertStarts(launcher().with("stdout", logs.resolve("out")));
        ProcView daemon = ProcView.ofPidfile(pidfile);

        processes.run(List.of("kill", "-SEGV", Long.toString(daemon.pid())));

        Processes.await("the crash", () -> !daemon.isAlive());
        Path report = logs.resolve("hs_err_probe_" + daemon.pid() + ".log");
        assertThat(Files.readString(report)).contains("SIGSEGV");
    }

    @Test
    void aHeapDumpIsWrittenBesideTheLog() throws Exception {
        assertStarts(launcher()
                .option("-Xmx32m")
                .option("-XX:+HeapDumpOnOutOfMemoryError")
                .with("stderr", logs.resolve("err"))
                .with("hoard", true));
        ProcView daemon = ProcView.ofPidfile(pidfile);

        Processes.await("the daemon's end", () -> !daemon.isAlive());

        assertThat(logs.resolve("java_pid" + daemon.pid() + ".hprof")).isNotEmptyFile();
    }

    @Test
    void stderrsDirectoryComesBeforeStdoutsAndTheCrashDirectoryBeforeBoth() throws Exception {
        Path crashes = Files.createDirectory(directory.resolve("crashes"));
        Launcher launcher = launcher().with("stdout", directory.resolve("out")).with("stderr", logs.resolve("err"));
        assertThat(optionsOf(launcher))
                .containsExactly(
                        "-XX:ErrorFile=" + directory + "/logs 100%%/hs_err_probe_%p.log",
                        "-XX:HeapDumpPath=" + directory + "/logs 100%");

        assertThat(optionsOf(launcher.with("crashDirectory", crashes)))
                .containsExactly("-XX:ErrorFile=" + crashes + "/hs_err_probe_%p.log", "-XX:HeapDumpPath=" + crashes);
    }

    @Test
    void withoutALogItIsTheWorkingDirectoryEvenIfItIsYetToBeMade() throws Exception {
        Path work = directory.resolve("work");

        assertThat(optionsOf(launcher().with("cwd", work).with("createCwd", "0700")))
                .containsExactly("-XX:ErrorFile=" + work + "/hs_err_probe_%p.log", "-XX:HeapDumpPath=" + work);
    }

    @Test
    void whatTheUserSetsWinsWhereverItIsSet() throws Exception {
        Launcher launcher = launcher().with("stdout", logs.resolve("out"));

        assertThat(optionsOf(launcher.option("-XX:HeapDumpPath=/elsewhere")))
                .hasSize(2)
                .contains("-XX:HeapDumpPath=/elsewhere");
        assertThat(optionsOf(launcher.with("jvmOption", "-XX:ErrorFile=/dev/null")))
                .containsExactly("-XX:HeapDumpPath=/elsewhere", "-XX:ErrorFile=/dev/null");
    }

    @Test
    void aCrashDirectoryThatIsNoneIsAProblem() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        Finished launcher =
                processes.run(launcher().with("crashDirectory", file).command());
        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_CONFIGURED);
        assertThat(launcher.err()).contains("crashDirectory " + file + ": ENOTDIR");

        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(() -> DaemonSpec.builder()
                        .crashDirectory(directory.resolve("none"))
                        .exec("true"))
                .withMessageContaining("crashDirectory " + directory.resolve("none") + ": ENOENT");
    }

    private Launcher launcher() {
        return Launcher.mode("detach").with("pidfile", pidfile);
    }

    private void assertStarts(Launcher launcher) throws Exception {
        assertThat(processes.run(launcher.command())).isEqualTo(new Finished(0, "", ""));
    }

    /** Of a daemon that is ended again. */
    private List<String> optionsOf(Launcher launcher) throws Exception {
        assertStarts(launcher);
        ProcView daemon = ProcView.ofPidfile(pidfile);
        List<String> options = daemon.arguments().stream()
                .filter(argument -> argument.startsWith("-XX:ErrorFile=") || argument.startsWith("-XX:HeapDumpPath="))
                .toList();
        ProcessHandle.of(daemon.pid()).ifPresent(ProcessHandle::destroy);
        Processes.await("the daemon's end", () -> !daemon.isAlive());
        return options;
    }
}
