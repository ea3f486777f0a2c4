package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.daemonspec.internal.posix.MonotonicClock;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.support.NotifyReceiver;
import org.daemonspec.support.NotifyReceiver.Message;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.WorldReadable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a supervisor that has set NOTIFY_SOCKET is told, and when. */
class NotifyIT {

    private static final int TERM = 15;
    private static final int HUP = 1;
    private static final int NOBODY = 65534;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path socket;
    private Path output;
    private Path gate;

    @BeforeEach
    void name() {
        socket = directory.resolve("notify");
        output = directory.resolve("output");
        gate = directory.resolve("gate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"path", "abstract"})
    void aServiceSaysThatItIsReadyAndThatItEnds(String kind) throws Exception {
        String address = kind.equals("path") ? socket.toString() : "@daemonspec-" + UUID.randomUUID();
        try (NotifyReceiver supervisor = NotifyReceiver.at(address)) {
            Process service = start(address, "await=" + gate, "ready", "ready", "stop=ok", "say=up", "wait");
            Processes.await("the task", () -> status(service).startsWith("S"));
            assertThat(supervisor.messages()).isEmpty();

            Files.createFile(gate);
            assertThat(supervisor.await("READY=1").pid()).isEqualTo(service.pid());
            awaitOutput("up\n");
            signal(service, TERM);

            assertThat(service.waitFor()).isZero();
            supervisor.await("STOPPING=1");
            assertThat(supervisor.texts()).containsExactly("READY=1", "STOPPING=1");
            assertThat(supervisor.messages())
                    .allSatisfy(message -> assertThat(message.pid()).isEqualTo(service.pid()));
            assertThat(output).hasContent("up\nstop\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"return", "exit=3"})
    void whoEndsByItselfSaysSoOnce(String way) throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process service =
                    way.equals("return") ? start(socket.toString(), "ready") : start(socket.toString(), "ready", way);

            assertThat(service.waitFor()).isEqualTo(way.equals("return") ? 0 : 3);
            supervisor.await("STOPPING=1");
            assertThat(supervisor.texts()).containsExactly("READY=1", "STOPPING=1");
        }
    }

    @Test
    void aReloadIsFramedAndDated() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process service = start(socket.toString(), "reload=0", "ready", "wait");
            supervisor.await("READY=1");

            long before = MonotonicClock.microseconds();
            signal(service, HUP);
            Processes.await("the end of the reload", () -> supervisor.texts().size() == 3);
            long after = MonotonicClock.microseconds();

            assertThat(supervisor.texts().get(1)).matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+");
            assertThat(supervisor.texts().get(2)).isEqualTo("READY=1");
            long dated = Long.parseLong(supervisor.texts().get(1).replaceAll("(?s).*=", ""));
            assertThat(dated).isBetween(before, after);
            assertThat(dated / 1e6).isCloseTo(uptime(), org.assertj.core.data.Offset.offset(120.0));
            assertThat(output).hasContent("reload\n");
        }
    }

    @Test
    void handlersRunBetweenTheTwoMessagesOfAReload() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process service = start(socket.toString(), "reload=600", "ready", "wait");
            supervisor.await("READY=1");

            signal(service, HUP);
            supervisor.await(text -> text.startsWith("RELOADING=1\n"));
            awaitOutput("reload\n");
            signal(service, TERM);

            assertThat(service.waitFor()).isZero();
            supervisor.await("STOPPING=1");
            assertThat(supervisor.texts()).hasSize(3).endsWith("STOPPING=1");
        }
    }

    @Test
    void aReloadBeforeReadyDoesNotSayReady() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process service = start(socket.toString(), "reload=0", "say=up", "await=" + gate, "ready", "wait");
            awaitOutput("up\n");

            signal(service, HUP);
            awaitOutput("up\nreload\n");
            Files.createFile(gate);

            supervisor.await("READY=1");
            signal(service, TERM);
            assertThat(service.waitFor()).isZero();
            supervisor.await("STOPPING=1");
            assertThat(supervisor.texts()).containsExactly("READY=1", "STOPPING=1");
        }
    }

    @Test
    void theTaskSaysHowItDoesAndAsksForTime() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            start(socket.toString(), "status=7 clients", "extend=90000", "status=a\nREADY=1\r\\0b", "ready", "wait");

            supervisor.await("READY=1");
            assertThat(supervisor.texts())
                    .containsExactly(
                            "STATUS=7 clients", "EXTEND_TIMEOUT_USEC=90000000", "STATUS=a READY=1 b", "READY=1");
        }
    }

    @Test
    void aFailureIsOneLineWhateverItsMessage() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process service = start(socket.toString(), "throw=no route\nMAINPID=1\nREADY=1");

            assertThat(service.waitFor()).isEqualTo(1);
            supervisor.await("STOPPING=1");
            assertThat(supervisor.texts())
                    .containsExactly(
                            "STATUS=java.lang.IllegalStateException: no route MAINPID=1 READY=1\nEXIT_STATUS=1",
                            "STOPPING=1");
        }
    }

    @Test
    void aSystemCallThatFailedIsSaidByItsNumber() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process service = start(socket.toString(), "ready", "throw-errno");

            assertThat(service.waitFor()).isEqualTo(1);
            supervisor.await("STOPPING=1");
            assertThat(supervisor.texts()).hasSize(3).startsWith("READY=1").endsWith("STOPPING=1");
            assertThat(supervisor.texts().get(1))
                    .startsWith("STATUS=java.io.IOException: the state is gone, caused by ")
                    .endsWith("\nERRNO=2\nEXIT_STATUS=1");
        }
    }

    @Test
    void aTaskThatWasNeverReadyIsAFailure() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process service = start(socket.toString(), "status=hello");

            assertThat(service.waitFor()).isEqualTo(1);
            supervisor.await("STOPPING=1");
            assertThat(supervisor.texts())
                    .containsExactly(
                            "STATUS=hello",
                            "STATUS=the task returned without calling ready(); call context.ready() when the service"
                                    + " can be used\nEXIT_STATUS=1",
                            "STOPPING=1");
        }
    }

    @Test
    void aStopHandlerThatFailsIsAFailure() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process service = start(socket.toString(), "stop=fail", "ready", "wait");
            supervisor.await("READY=1");

            signal(service, TERM);

            assertThat(service.waitFor()).isEqualTo(1);
            supervisor.await(text -> text.startsWith("STATUS="));
            assertThat(supervisor.texts())
                    .containsExactly(
                            "READY=1",
                            "STOPPING=1",
                            "STATUS=a stop handler failed, or did not return in time\nEXIT_STATUS=1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "auto"})
    void aPortThatIsTakenIsSaidBeforeThereIsATask(String mode) throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket);
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<String> settings = List.of("listen=" + taken.getLocalPort());
            Process service = start(mode, settings, socket.toString(), "ready", "wait");

            assertThat(service.waitFor()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
            String reason = "notify: start failed: listen 127.0.0.1:" + taken.getLocalPort() + ": EADDRINUSE";
            assertThat(supervisor.await(text -> text.endsWith("\nERRNO=98\nEXIT_STATUS=7")))
                    .satisfies(message -> assertThat(message.text()).startsWith("STATUS=" + reason))
                    .satisfies(message -> assertThat(message.pid()).isEqualTo(service.pid()));
            assertThat(supervisor.texts()).hasSize(1);
            assertThat(output()).contains(reason);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "exec"})
    void thatAnotherOneRunsIsSaid(String mode) throws Exception {
        Path pidfile = directory.resolve("notify.pid");
        Process first = start("run", List.of("pidfile=" + pidfile), "", "ready", "say=up", "wait");
        awaitOutput("up\n");
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process second = start(mode, List.of("pidfile=" + pidfile), socket.toString(), "sleep", "60");

            assertThat(second.waitFor()).isEqualTo(DaemonException.EXIT_ALREADY_RUNNING);
            assertThat(supervisor
                            .await(text -> text.endsWith("\nEXIT_STATUS=1"))
                            .text())
                    .startsWith("STATUS=notify: already running (pid " + first.pid())
                    .doesNotContain("ERRNO=");
            assertThat(supervisor.texts()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "run, pidfile=/proc/no/such/directory/p, ENOENT, 6, 2",
        "run, user=nobody-has-this-name, nobody-has-this-name, 6, 0",
        "exec, pidfile=/proc/no/such/directory/p, ENOENT, 6, 2",
        "exec, pidfile=p, execve, 7, 8"
    })
    void aStartThatCannotSucceedIsSaid(String mode, String setting, String reason, int exitCode, int errno)
            throws Exception {
        Path program = Files.writeString(directory.resolve("program"), "\177ELF, but no more");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        String settled = setting.equals("pidfile=p") ? "pidfile=" + directory.resolve("p") : setting;
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process service = start(mode, List.of(settled), socket.toString(), program.toString());

            assertThat(service.waitFor()).isEqualTo(exitCode);
            supervisor.await(text -> text.endsWith("\nEXIT_STATUS=" + exitCode));
            assertThat(supervisor.texts())
                    .singleElement()
                    .satisfies(text -> assertThat(text)
                            .matches("STATUS=notify: .*" + reason + "[^\n]*" + (errno == 0 ? "" : "\nERRNO=" + errno)
                                    + "\nEXIT_STATUS=" + exitCode));
            assertThat(output()).contains(reason);
        }
    }

    @Test
    void aSupervisorThatHasGoneDoesNotChangeHowAStartFails() throws Exception {
        Process service = start("run", List.of("user=nobody-has-this-name"), "/nowhere/notify", "ready");

        assertThat(service.waitFor()).isEqualTo(DaemonException.EXIT_NOT_CONFIGURED);
        assertThat(output())
                .contains("nobody-has-this-name")
                .contains("\nnotify: the supervisor is not notified: connect /nowhere/notify: ENOENT");
    }

    @Test
    void aDetachedDaemonSaysWhichProcessItIs() throws Exception {
        Path pidfile = directory.resolve("notify.pid");
        try (NotifyReceiver supervisor = NotifyReceiver.asleep(socket)) {
            Process launcher =
                    start("detach", List.of("pidfile=" + pidfile), socket.toString(), "ready", "stop=ok", "wait");

            assertThat(launcher.waitFor()).isZero();
            assertThat(supervisor.hasWaiting()).as("before the launcher left").isTrue();
            supervisor.read();
            supervisor.await(text -> text.startsWith("READY=1"));
            long daemon = ProcView.ofPidfile(pidfile).pid();
            assertThat(daemon).isNotEqualTo(launcher.pid());
            assertThat(supervisor.messages())
                    .containsExactly(new Message("READY=1\nMAINPID=" + daemon, daemon, List.of()));

            assertThat(DaemonControl.of(pidfile).stop()).isInstanceOf(StopResult.Stopped.class);
            supervisor.await("STOPPING=1");
            assertThat(supervisor.texts()).hasSize(2);
        }
    }

    @Test
    void whoBecomesSomebodyElseIsTheSameProcess() throws Exception {
        assumeTrue(new ProcView(ProcessHandle.current().pid()).status("Uid").startsWith("0\t"), "only root may");
        WorldReadable.directory(directory);
        String classPath =
                WorldReadable.classPath(WorldReadable.directory(Files.createDirectory(directory.resolve("code"))));
        Path place = directory.resolve("place");
        Files.createDirectory(place);
        Files.setPosixFilePermissions(
                WorldReadable.directory(place), java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        String address = place.resolve("notify").toString();
        try (NotifyReceiver supervisor = NotifyReceiver.at(address)) {
            Files.setPosixFilePermissions(
                    Path.of(address), java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
            List<String> command =
                    NotifyProgram.command(classPath, "run", List.of("user=nobody"), "ready", "status=nobody", "wait");
            Process service =
                    builder(command, address, "WATCHDOG_USEC=60000000").start();

            Message status = supervisor.await("STATUS=nobody");

            assertThat(status.pid()).isEqualTo(service.pid());
            assertThat(new ProcView(service.pid()).owner()).isEqualTo(NOBODY);
            assertThat(supervisor.textsButAlive()).containsExactly("READY=1", "STATUS=nobody");
            assertThat(supervisor.texts()).contains("WATCHDOG=1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/nowhere/notify", "vsock:2:4711", "relative/path", "@"})
    void aServiceGoesOnWhereNobodyListens(String address) throws Exception {
        Process service = start(address, "ready", "status=a", "status=b", "stop=ok", "say=up", "wait");
        Processes.await("the service to be up", () -> output().contains("up\n"));

        signal(service, TERM);

        assertThat(service.waitFor()).isZero();
        String complaint = output().replace("up\n", "").replace("stop\n", "");
        assertThat(complaint)
                .isEqualTo(
                        switch (address) {
                            case "" -> "";
                            case "@" ->
                                "notify: NOTIFY_SOCKET=@: names nothing; unset the variable, or have the supervisor"
                                        + " name its socket.\n";
                            case "/nowhere/notify" ->
                                "notify: the supervisor is not notified: connect /nowhere/notify: ENOENT (No such file"
                                    + " or directory); see that the supervisor that set NOTIFY_SOCKET listens there,"
                                    + " and lets this user write to it.\n";
                            default ->
                                "notify: NOTIFY_SOCKET=" + address
                                        + ": neither the absolute path of a UNIX socket nor @ and a name; have the"
                                        + " supervisor notified in one of these ways, or unset the variable.\n";
                        });
    }

    @Test
    void aSupervisorThatHasGoneBeforeTheServiceIsReadyIsComplainedAboutOnce() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process service = start(
                    socket.toString(), "status=a", "await=" + gate, "ready", "status=b", "status=c", "say=up", "wait");
            supervisor.await("STATUS=a");
            supervisor.leave();

            Files.createFile(gate);
            Processes.await("the service to go on", () -> output().contains("up\n"));
            signal(service, TERM);

            assertThat(service.waitFor()).isZero();
            assertThat(output())
                    .contains("notify: the supervisor is not notified: connect " + socket
                            + ": ECONNREFUSED (Connection refused); see ");
            assertThat(output().lines().filter(line -> line.startsWith("notify: ")))
                    .hasSize(1);
        }
    }

    @Test
    void aSupervisorMayGoWhenItKnowsThatTheServiceIsReady() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process service = start(socket.toString(), "ready", "await=" + gate, "status=a", "say=up", "wait");
            supervisor.await("READY=1");
            supervisor.leave();

            Files.createFile(gate);
            Processes.await("the service to go on", () -> output().contains("up\n"));
            signal(service, TERM);

            assertThat(service.waitFor()).isZero();
            assertThat(output()).isEqualTo("up\n");
        }
    }

    @Test
    void aMessageWaitsForASupervisorThatIsBusyButNotForEver() throws Exception {
        int more = 40; // than a queue takes, see net.unix.max_dgram_qlen
        List<String> steps = new ArrayList<>(Collections.nCopies(more, "status=again"));
        steps.addAll(List.of("say=up", "wait"));
        try (NotifyReceiver supervisor = NotifyReceiver.asleep(socket)) {
            start(socket.toString(), steps.toArray(String[]::new));
            Processes.await("a complaint", () -> output().contains("notify: "));
            assertThat(output())
                    .startsWith("notify: the supervisor is not notified: sendmsg " + socket
                            + ": EAGAIN (the supervisor has not read for 5 s); see what keeps it from that.\n");

            supervisor.read();

            awaitOutput(output() + "up\n");
            assertThat(supervisor.texts()).hasSizeLessThan(more).hasSizeGreaterThan(more / 2);
        }
    }

    @Test
    void signsOfLifeComeTwiceInTheTimeAndEndWhenACheckHangs() throws Exception {
        Path health = directory.resolve("health");
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process service = builder(
                            command("check=" + health, "await=" + gate, "ready", "wait"),
                            socket.toString(),
                            "WATCHDOG_USEC=400000")
                    .start();
            supervisor.await("WATCHDOG=1"); // whether it is ready or not
            assertThat(supervisor.textsButAlive()).isEmpty();
            Files.createFile(gate);
            long begin = MonotonicClock.microseconds();
            int first = supervisor.texts().size();
            Processes.await("nine more", () -> Collections.frequency(supervisor.texts(), "WATCHDOG=1") >= first + 9);
            assertThat(MonotonicClock.microseconds() - begin).isGreaterThan(8 * 200_000 - 100_000); // not all at once

            write(health, "hang");
            Processes.await("the check to hang", () -> stacks(service).contains("hangingCheck"));
            int signs = supervisor.texts().size();
            Thread.sleep(Duration.ofSeconds(2));

            assertThat(supervisor.texts()).hasSize(signs);
            assertThat(supervisor.textsButAlive()).containsExactly("READY=1");
            assertThat(service.isAlive()).isTrue();
        }
    }

    @Test
    void aCheckThatFailsTriggersTheWatchdogAtOnceAndOneThatIsWellAgainDoesNot() throws Exception {
        Path health = directory.resolve("health");
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process service = builder(
                            command("check=" + health, "ready", "stop=ok", "wait"),
                            socket.toString(),
                            "WATCHDOG_USEC=400000")
                    .start();
            supervisor.await("WATCHDOG=1");

            write(health, "the database\nis gone");
            String trigger =
                    "STATUS=unhealthy: java.lang.IllegalStateException: the database is gone\nWATCHDOG=trigger";
            supervisor.await(trigger);
            Processes.await("a second", () -> Collections.frequency(supervisor.texts(), trigger) >= 2);
            int signs = Collections.frequency(supervisor.texts(), "WATCHDOG=1");
            assertThat(supervisor.texts()).endsWith(trigger);
            assertThat(output())
                    .isEqualTo("notify: the health check failed: java.lang.IllegalStateException: the database is gone;"
                            + " its supervisor has been told to act.\n");

            write(health, "");
            Processes.await(
                    "to be well again", () -> Collections.frequency(supervisor.texts(), "WATCHDOG=1") > signs + 1);
            write(health, "on purpose");
            supervisor.await(text -> text.contains("on purpose"));
            assertThat(service.isAlive()).isTrue();
        }
    }

    @Test
    void aServiceIsNotLookedAtBeforeItIsReady() throws Exception {
        Path health = Files.writeString(directory.resolve("health"), "the port is not open yet");
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            builder(
                            command("check=" + health, "say=up", "await=" + gate, "ready", "wait"),
                            socket.toString(),
                            "WATCHDOG_USEC=100000")
                    .start();
            awaitOutput("up\n");
            int signs = supervisor.texts().size();
            Processes.await("signs of life", () -> supervisor.texts().size() > signs + 3);
            assertThat(supervisor.textsButAlive()).isEmpty();

            Files.createFile(gate);

            supervisor.await(text -> text.endsWith("\nWATCHDOG=trigger"));
            assertThat(supervisor.textsButAlive()).startsWith("READY=1");
        }
    }

    @Test
    void aServiceThatIsToldToEndIsNotLookedAtAnyMore() throws Exception {
        Path health = directory.resolve("health");
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            Process service = builder(
                            command("check=" + health, "stop=" + gate, "ready", "wait"),
                            socket.toString(),
                            "WATCHDOG_USEC=100000")
                    .start();
            supervisor.await("READY=1");

            signal(service, TERM);
            supervisor.await("STOPPING=1");
            write(health, "the port is closed");
            int signs = supervisor.texts().size();
            Processes.await("signs of life", () -> supervisor.texts().size() > signs + 3);
            Files.createFile(gate);

            assertThat(service.waitFor()).isZero();
            assertThat(supervisor.textsButAlive()).containsExactly("READY=1", "STOPPING=1");
        }
    }

    @Test
    void withoutACheckTheSignsOfLifeAreTheJvms() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            builder(command("say=up", "wait"), socket.toString(), "WATCHDOG_USEC=200000")
                    .start();
            Processes.await("signs of life", () -> Collections.frequency(supervisor.texts(), "WATCHDOG=1") >= 5);
            assertThat(supervisor.textsButAlive()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"another", "garbled", "zero", "own"})
    void theWatchdogMeansTheProcessThatItNames(String kind) throws Exception {
        String variables = switch (kind) {
            case "another" -> "WATCHDOG_USEC=100000 WATCHDOG_PID=1";
            case "garbled" -> "WATCHDOG_USEC=soon";
            case "zero" -> "WATCHDOG_USEC=0";
            default -> "WATCHDOG_USEC=100000 WATCHDOG_PID=$$";
        };
        try (NotifyReceiver supervisor = NotifyReceiver.at(socket)) {
            List<String> shell = Shell.script("exec env " + variables + " %s", command("ready", "wait"));
            builder(shell, socket.toString()).start();
            supervisor.await("READY=1");
            if (kind.equals("own")) {
                Processes.await("signs of life", () -> Collections.frequency(supervisor.texts(), "WATCHDOG=1") >= 3);
            } else {
                Thread.sleep(Duration.ofMillis(500));
                assertThat(supervisor.texts()).containsExactly("READY=1");
            }
            assertThat(output())
                    .isEqualTo(
                            switch (kind) {
                                case "garbled" ->
                                    "notify: WATCHDOG_USEC=soon: not a positive number; the supervisor gets no signs of"
                                            + " life, have it set the variable right.\n";
                                case "zero" ->
                                    "notify: WATCHDOG_USEC=0: not a positive number; the supervisor gets no signs of"
                                            + " life, have it set the variable right.\n";
                                default -> "";
                            });
        }
    }

    @Test
    void nothingIsStartedWhereNobodyListens() throws Exception {
        Process service = builder(command("ready", "say=up", "wait"), "", "WATCHDOG_USEC=100000")
                .start();
        awaitOutput("up\n");

        assertThat(stacks(service)).contains("\"main\"").doesNotContain("daemonspec-watchdog");
        List<String> loaded = processes
                .run(List.of(jcmd(), Long.toString(service.pid()), "VM.class_hierarchy", "-i"))
                .out()
                .lines()
                .filter(line -> line.contains("org.daemonspec.internal.notify."))
                .toList();
        assertThat(loaded).isNotEmpty().noneMatch(line -> line.matches(".*(Notifier.Signs|Watchdog|Lambda)/.*"));
    }

    private Process start(String address, String... steps) throws IOException {
        return start("run", List.of(), address, steps);
    }

    private Process start(String mode, List<String> settings, String address, String... steps) throws IOException {
        return builder(NotifyProgram.command(classPath(), mode, settings, steps), address)
                .start();
    }

    private static List<String> command(String... steps) {
        return NotifyProgram.command(classPath(), "run", List.of(), steps);
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    private ProcessBuilder builder(List<String> command, String address, String... variables) {
        ProcessBuilder builder =
                processes.builder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        List.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID").forEach(builder.environment()::remove);
        builder.environment().put("NOTIFY_SOCKET", address);
        for (String variable : variables) {
            String[] parts = variable.split("=", 2);
            builder.environment().put(parts[0], parts[1]);
        }
        return builder;
    }

    private String output() {
        try {
            return Files.readString(output);
        } catch (IOException notYet) {
            return "";
        }
    }

    private void awaitOutput(String expected) throws InterruptedException {
        Processes.await(expected + " in " + output(), () -> output().equals(expected));
    }

    /** Moved into place: nobody reads half of it. */
    private void write(Path file, String content) throws IOException {
        Path draft = directory.resolve("draft");
        Files.writeString(draft, content);
        Files.move(draft, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private static void signal(Process process, int signal) {
        try (Posix posix = Posix.open()) {
            assertThat(posix.signal(process.pid(), signal)).isTrue();
        }
    }

    private static String status(Process process) {
        return new ProcView(process.pid()).status("State");
    }

    private String stacks(Process process) {
        try {
            return processes
                    .run(List.of(jcmd(), Long.toString(process.pid()), "Thread.print"))
                    .out();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String jcmd() {
        return Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    }

    private static double uptime() throws IOException {
        return Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0]);
    }
}
