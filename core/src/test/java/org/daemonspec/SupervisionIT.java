package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.daemonspec.internal.posix.ProcStat;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same command, started by somebody who looks after it, and by somebody who does not. */
class SupervisionIT {

    private static final String NOBODY_LISTENS = "/run/no-such-directory/notify";

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path output;

    @BeforeEach
    void name() {
        pidfile = directory.resolve("probe.pid");
        output = directory.resolve("output");
    }

    @ParameterizedTest
    @ValueSource(strings = {"main", "handlers", "detach"})
    void whoIsWaitedForStaysAndSaysWhy(String mode) throws Exception {
        ProcessBuilder builder = processes.builder(probe(mode).command("start"));
        builder.environment().put("NOTIFY_SOCKET", NOBODY_LISTENS);

        Process process = start(builder);

        assertThat(running()).isEqualTo(process.pid());
        assertThat(Files.readString(output))
                .contains("probe: stays in the foreground, where a service manager looks after it (NOTIFY_SOCKET is "
                        + NOBODY_LISTENS + ", where it waits to hear of readiness).\n");
        process.destroy();
        assertThat(process.waitFor()).isZero();
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aProgramIsExecutedInPlace() throws Exception {
        ProcessBuilder builder = processes.builder(probe("main-program").command("start"));
        builder.environment().put("NOTIFY_SOCKET", NOBODY_LISTENS);

        Process process = start(builder);

        assertThat(running()).isEqualTo(process.pid());
        ProcView program = new ProcView(process.pid());
        Processes.await("the program", () -> program.arguments().equals(List.of("sleep", "60")));
        assertThat(program.environment()).contains("NOTIFY_SOCKET=" + NOBODY_LISTENS);
    }

    @Test
    void systemdNamesTheProcessOrTheScriptThatRunsIt() throws Exception {
        Process executed = start(processes.builder(
                shell("SYSTEMD_EXEC_PID=$$ exec \"$@\"", probe("main").command("start"))));
        assertThat(running()).isEqualTo(executed.pid());
        executed.destroy();
        assertThat(executed.waitFor()).isZero();

        // Not in a terminal, whatever this test runs in.
        List<String> script = new ArrayList<>(List.of("setsid", "--wait"));
        script.addAll(shell(
                "export SYSTEMD_EXEC_PID=$$; \"$@\"; exit $?", probe("main").command("start")));
        Process session = start(processes.builder(script));
        long pid = running();
        assertThat(new ProcView(pid).arguments().getFirst()).isEqualTo(Launcher.java());
        assertThat(Files.readString(output))
                .containsPattern("SYSTEMD_EXEC_PID names (sh|dash) \\(pid \\d+\\), which runs this one");
        assertThat(session.isAlive()).isTrue();
        assertThat(DaemonControl.of(pidfile).stop()).isInstanceOf(StopResult.Stopped.class);
        assertThat(session.waitFor()).isZero();
    }

    @Test
    void aScriptIsTheShellThatRunsIt() throws Exception {
        Path script = directory.resolve("start-echo");
        Files.writeString(script, "#!/bin/sh\nexport SYSTEMD_EXEC_PID=$$\n\"$@\"\nexit $?\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> command = new ArrayList<>(List.of("setsid", "--wait", script.toString()));
        command.addAll(probe("main").command("start"));

        Process process = start(processes.builder(command));

        running();
        assertThat(Files.readString(output))
                .containsPattern("SYSTEMD_EXEC_PID names start-echo \\(pid \\d+\\), which runs this one");
        assertThat(DaemonControl.of(pidfile).stop()).isInstanceOf(StopResult.Stopped.class);
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void whoIsLookedAfterIsNotRestartedBehindTheSupervisorsBack() throws Exception {
        ProcessBuilder builder = processes.builder(probe("main").command("start"));
        builder.environment().put("NOTIFY_SOCKET", NOBODY_LISTENS);
        Process process = start(builder);
        running();

        Processes.Finished restart = processes.run(probe("main").command("restart"));

        assertThat(restart.exitCode()).as(restart.toString()).isEqualTo(1);
        assertThat(restart.err())
                .isEqualTo("probe: not restarted: a service manager looks after process " + process.pid()
                        + " (NOTIFY_SOCKET is " + NOBODY_LISTENS + ", where it waits to hear of readiness), and would"
                        + " start another; have it restarted there.\n");
        assertThat(running()).isEqualTo(process.pid());
    }

    @Test
    void whatOthersAreToldIsNotForTheirChildrenAndDoesNotReachTheDaemon() throws Exception {
        // timeout(1) stands for a service that starts another: it has the variables itself.
        List<String> command = new ArrayList<>(List.of(
                "env",
                "NOTIFY_SOCKET=" + NOBODY_LISTENS,
                "SYSTEMD_EXEC_PID=1",
                "LISTEN_FDS=1",
                "LISTEN_FDNAMES=web",
                "LISTEN_PID=1",
                "WATCHDOG_USEC=1000000",
                "timeout",
                "60"));
        command.addAll(probe("main").command("start"));

        Processes.Finished finished = processes.run(command);

        assertThat(finished.exitCode()).as(finished.toString()).isZero();
        assertThat(finished.err()).isEmpty();
        long pid = running();
        processes.own(pid);
        assertThat(names(new ProcView(pid)))
                .contains("SYSTEMD_EXEC_PID")
                .doesNotContain("NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID", "WATCHDOG_USEC");
    }

    @Test
    void whoWantsADaemonGetsOneWhichMaySpeakForTheService() throws Exception {
        ProcessBuilder builder =
                processes.builder(probe("main").with("mode", "DETACH").command("start"));
        builder.environment().put("NOTIFY_SOCKET", NOBODY_LISTENS);
        builder.environment().put("WATCHDOG_PID", "1");

        Processes.Finished finished = processes.run(builder);

        assertThat(finished.exitCode()).as(finished.toString()).isZero();
        long pid = running();
        processes.own(pid);
        assertThat(new ProcView(pid).environment()).contains("NOTIFY_SOCKET=" + NOBODY_LISTENS);
        assertThat(names(new ProcView(pid))).doesNotContain("WATCHDOG_PID");
    }

    @Test
    void whoWantsTheForegroundGetsIt() throws Exception {
        Process process =
                start(processes.builder(probe("main").with("mode", "FOREGROUND").command("start")));

        assertThat(running()).isEqualTo(process.pid());
        assertThat(Files.readString(output)).doesNotContain("probe:");
    }

    @Test
    void inetdsSocketKeepsItInTheForegroundAndGetsNoExplanation() throws Exception {
        try (ServerSocket client = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<String> command = new ArrayList<>(List.of(
                    "bash", "-c", "exec 0<>/dev/tcp/127.0.0.1/" + client.getLocalPort() + "; exec \"$@\"", "bash"));
            command.addAll(probe("main").command("start"));

            Process process = start(processes.builder(command));

            assertThat(running()).isEqualTo(process.pid());
            assertThat(Files.readString(output)).doesNotContain("probe:");
            process.destroy();
            assertThat(process.waitFor()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"AUTO", "DETACH", "FOREGROUND"})
    void thePlanSaysWhichAndWhy(String mode) throws Exception {
        ProcessBuilder builder = processes.builder(
                probe("main").with("mode", mode).with("umask", "027").command("plan"));
        builder.environment().put("NOTIFY_SOCKET", NOBODY_LISTENS);

        Processes.Finished plan = processes.run(builder);

        assertThat(plan.exitCode()).as(plan.toString()).isZero();
        assertThat(plan.out())
                .startsWith(
                        switch (mode) {
                            case "AUTO" ->
                                "  1. stay in the foreground: a service manager looks after this process:"
                                        + " NOTIFY_SOCKET is " + NOBODY_LISTENS
                                        + ", where it waits to hear of readiness\n"
                                        + "  2. lock the pidfile " + pidfile + ", which is made with mode 0644\n"
                                        + "  3. set the umask to 027\n"
                                        + "  4. run the task, in this process\n";
                            case "DETACH" -> "  1. leave the foreground: mode is DETACH\n";
                            default -> "  1. stay in the foreground: mode is FOREGROUND\n";
                        });
        assertThat(plan.out().contains("open stdin")).isEqualTo(mode.equals("DETACH"));
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void process1StaysAndReapsWhomItAdopts() throws Exception {
        assumeTrue(
                new ProcView(ProcessHandle.current().pid()).status("Uid").startsWith("0\t"),
                "only root may make a pid namespace");
        Path mark = directory.resolve("mark");
        List<String> command = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc"));
        // The child ends at once, and with it the parent of those that it leaves; they end one by one.
        command.addAll(probe("child")
                .with("mark", mark)
                .command("sh", "-c", "for n in 1 2 3; do (sleep 0.$n; exit $n) & done; echo $!; exit 7"));

        Process process = start(processes.builder(command));
        Path exit = directory.resolve("mark.exit");
        Processes.await(
                "the child's end", () -> Files.exists(exit) && exit.toFile().length() > 0);

        long first = process.children().findFirst().orElseThrow().pid();
        assertThat(Files.readString(output)).contains("(it is process 1, with which a container ends)");
        assertThat(Files.readString(exit))
                .as("the exit status of a child is its parent's to read")
                .isEqualTo("7\n");
        Processes.await("no orphan, and no zombie", () -> childrenOf(first).isEmpty());

        ProcessHandle.of(first).orElseThrow().destroy();
        assertThat(process.waitFor()).isZero();
    }

    /** Zombies too. */
    private static List<Long> childrenOf(long pid) {
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches("\\d+"))
                    .map(Long::valueOf)
                    .filter(process -> ProcStat.of(process)
                            .filter(stat -> stat.parent() == pid)
                            .isPresent())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Launcher probe(String mode) {
        return Launcher.mode(mode).with("pidfile", pidfile);
    }

    private static List<String> shell(String script, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        command.addAll(arguments);
        return command;
    }

    private Process start(ProcessBuilder builder) throws Exception {
        return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    }

    /** The instance's pid, once it is ready. */
    private long running() throws Exception {
        DaemonControl control = DaemonControl.of(pidfile);
        DaemonStatus status = control.awaitReady(Duration.ofSeconds(60));
        assertThat(status)
                .as(Files.exists(output) ? Files.readString(output) : "")
                .isInstanceOf(DaemonStatus.Running.class);
        return ((DaemonStatus.Running) status).pid().orElseThrow();
    }

    private static List<String> names(ProcView process) {
        return process.environment().stream()
                .map(variable -> variable.substring(0, variable.indexOf('=')))
                .toList();
    }
}
