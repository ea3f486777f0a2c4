package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.WorldReadable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Readiness as start-stop-daemon(8) hears of it, and as s6 wants to have it. */
class NotifyInteropIT {

    private static final String START_STOP_DAEMON = "/usr/sbin/start-stop-daemon";

    private static final int CLOSE_ON_EXEC = 02000000;

    /** As s6-supervise(8): the service has a pipe at 7, whose other end says when it is closed. */
    private static final String S6 =
            "\"$@\" 7>&1 >\"$0/output\" 2>&1 | { cat >\"$0/ready\"; touch \"$0/closed\"; }; exit 0";

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path temporary;

    private Path directory;
    private Path output;
    private Path gate;

    @BeforeEach
    void name() throws Exception {
        directory = WorldReadable.directory(temporary);
        output = directory.resolve("output");
        gate = directory.resolve("gate");
    }

    @Test
    void startStopDaemonLeavesWhenTheServiceIsReady() throws Exception {
        Path pidfile = directory.resolve("service.pid");
        List<String> command = startStopDaemon(pidfile, "say=waiting", "await=" + gate, "ready", "stop=ok", "wait");
        Process starter = starter(command);
        Processes.await("the task", () -> output().equals("waiting\n"));
        assertThat(starter.isAlive()).isTrue();

        Files.createFile(gate);

        assertThat(starter.waitFor()).isZero();
        ProcView service = ProcView.ofPidfile(pidfile);
        assertThat(service.arguments()).contains(NotifyProgram.class.getName());
        assertThat(processes
                        .run(List.of(START_STOP_DAEMON, "--stop", "--retry", "60", "--pidfile", pidfile.toString()))
                        .exitCode())
                .isZero();
        assertThat(service.isAlive()).isFalse();
        assertThat(output()).isEqualTo("waiting\nstop\n");
    }

    @Test
    void startStopDaemonIsToldWhichErrorKeptTheServiceFromBeingReady() throws Exception {
        Process starter = starter(startStopDaemon(directory.resolve("service.pid"), "throw-errno"));

        assertThat(starter.waitFor()).isNotZero();
        assertThat(Files.readString(directory.resolve("starter")))
                .contains("program failed to initialize")
                .contains("No such file or directory");
    }

    @Test
    void startStopDaemonIsToldAtOnceThatThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process starter = starter(startStopDaemon(
                    directory.resolve("service.pid"), List.of("listen=" + taken.getLocalPort()), "ready", "wait"));

            assertThat(starter.waitFor()).isNotZero();
            assertThat(Files.readString(directory.resolve("starter")))
                    .contains("program failed to initialize")
                    .contains("Address already in use");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nobody"})
    void s6GetsItsNewlineWhenTheServiceIsReadyWhoeverItIs(String user) throws Exception {
        List<String> settings = user.isEmpty() ? List.of() : List.of("user=" + user);
        assumeTrue(user.isEmpty() || isRoot(), "only root may be anybody else");
        String classPath = System.getProperty("java.class.path");
        if (!user.isEmpty()) {
            classPath =
                    WorldReadable.classPath(WorldReadable.directory(Files.createDirectory(directory.resolve("code"))));
        }
        supervise(NotifyProgram.command(
                classPath,
                "run",
                settings,
                "child=sleep 60",
                "say=waiting",
                "await=" + gate,
                "ready",
                "ready",
                "wait"));
        Processes.await("the task", () -> output().equals("waiting\n"));
        assertThat(directory.resolve("ready")).isEmptyFile();
        // The JDK closes it in children, but native code that starts others does not.
        assertThat(children("java"))
                .singleElement()
                .satisfies(
                        service -> assertThat(isCloseOnExec(service.pid(), 7)).isTrue());

        Files.createFile(gate);

        // Nobody has it open any more: not the service, and not the child that it started before.
        Processes.await("the end of the pipe", () -> Files.exists(directory.resolve("closed")));
        assertThat(directory.resolve("ready")).hasBinaryContent(new byte[] {'\n'});
        assertThat(children("sleep")).hasSize(1);
        assertThat(children("java"))
                .singleElement()
                .satisfies(service -> assertThat(service.status("Uid"))
                        .startsWith(
                                user.isEmpty()
                                        ? new ProcView(ProcessHandle.current().pid()).status("Uid")
                                        : "65534\t"));
        assertThat(output()).isEqualTo("waiting\n");
    }

    @Test
    void aRunScriptThatStaysInBetweenDoesNotKeepTheNewlineFromS6() throws Exception {
        List<String> service = NotifyProgram.command(
                System.getProperty("java.class.path"), "run", List.of(), "ready", "say=up", "wait");
        supervise(Shell.script("(%s; exit 1); exit 1", service));

        Processes.await("the newline", () -> size(directory.resolve("ready")) == 1);
        assertThat(directory.resolve("ready")).hasBinaryContent(new byte[] {'\n'});
        assertThat(children("sh")).isNotEmpty();
    }

    @Test
    void aServiceThatFailsIsNotReadyForS6() throws Exception {
        supervise(NotifyProgram.command(System.getProperty("java.class.path"), "run", List.of(), "throw=no database"));

        Processes.await("the end of the pipe", () -> Files.exists(directory.resolve("closed")));
        assertThat(directory.resolve("ready")).isEmptyFile();
        assertThat(output()).contains("no database");
    }

    @Test
    void aProgramThatTakesTheServicesPlaceSpeaksToS6Itself() throws Exception {
        supervise(NotifyProgram.command(
                System.getProperty("java.class.path"),
                "exec",
                List.of("pidfile=" + directory.resolve("p"), "nice=1"),
                "sh",
                "-c",
                "echo is up >&7; exec 7>&-; sleep 60"));

        Processes.await("the end of the pipe", () -> Files.exists(directory.resolve("closed")));
        assertThat(directory.resolve("ready")).hasContent("is up\n");
    }

    private static boolean isRoot() {
        return new ProcView(ProcessHandle.current().pid()).status("Uid").startsWith("0\t");
    }

    /** Starts the command as s6-supervise(8) would, as far as a service can see. */
    private void supervise(List<String> command) throws IOException {
        Path supervisor = Files.copy(Path.of("/bin/bash"), directory.resolve("s6-supervise"));
        assertThat(supervisor.toFile().setExecutable(true)).isTrue();
        Files.writeString(directory.resolve("notification-fd"), "7\n");
        List<String> words = new ArrayList<>(List.of(supervisor.toString(), "-c", S6, directory.toString()));
        words.addAll(command);
        processes
                .builder(words)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("starter").toFile())
                .start();
    }

    private List<ProcView> children(String command) throws IOException {
        return processes.marked().stream()
                .filter(process -> process.status("Name").equals(command))
                .toList();
    }

    private static boolean isCloseOnExec(long pid, int descriptor) throws IOException {
        String flags = Files.readAllLines(Path.of("/proc", Long.toString(pid), "fdinfo", Integer.toString(descriptor)))
                .get(1);
        return (Integer.parseInt(flags.replaceAll("flags:\\s*", ""), 8) & CLOSE_ON_EXEC) != 0;
    }

    private static long size(Path file) {
        return file.toFile().length();
    }

    private Process starter(List<String> command) throws IOException {
        ProcessBuilder builder = processes
                .builder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("starter").toFile());
        builder.environment().remove("NOTIFY_SOCKET");
        return builder.start();
    }

    private List<String> startStopDaemon(Path pidfile, String... steps) {
        return startStopDaemon(pidfile, List.of(), steps);
    }

    private List<String> startStopDaemon(Path pidfile, List<String> settings, String... steps) {
        assumeTrue(Files.isExecutable(Path.of(START_STOP_DAEMON)), "no start-stop-daemon(8) here");
        List<String> java = NotifyProgram.command(System.getProperty("java.class.path"), "run", settings, steps);
        List<String> command = new ArrayList<>(List.of(
                START_STOP_DAEMON,
                "--start",
                "--background",
                "--notify-await",
                "--notify-timeout",
                "55",
                "--output",
                output.toString(),
                "--make-pidfile",
                "--pidfile",
                pidfile.toString(),
                "--exec",
                java.getFirst(),
                "--"));
        command.addAll(java.subList(1, java.size()));
        return command;
    }

    private String output() {
        try {
            return Files.readString(output);
        } catch (IOException notYet) {
            return "";
        }
    }
}
