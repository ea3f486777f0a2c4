package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.daemonspec.support.SystemLogs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Output to a real syslog daemon, which has a {@code /dev/log} of its own. */
class SyslogIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path messages;
    private SystemLogs syslog;

    @BeforeEach
    void startSyslog() throws Exception {
        pidfile = directory.resolve("probe.pid");
        messages = directory.resolve("messages");
        syslog = SystemLogs.syslog(processes, Files.createDirectory(directory.resolve("dev")), messages);
    }

    @AfterEach
    void endSyslog() throws Exception {
        syslog.end();
    }

    @Test
    void eachLineIsAMessageWithTheDaemonsNameAndPidAndItsOwnPriority() throws Exception {
        start("syslog", "daemon", "task", "say");
        long pid = ProcView.ofPidfile(pidfile).pid();

        awaitMessages(7);
        assertThat(messagesOf(pid))
                .filteredOn(message -> !message.contains("trouble") && !message.contains("html"))
                .containsExactly(
                        "daemon.info probe: before ready",
                        "daemon.info probe: after ready",
                        "daemon.warn probe: this is a warning",
                        "daemon.info probe: and this is none");
        assertThat(messagesOf(pid))
                .filteredOn(message -> message.contains("trouble") || message.contains("html"))
                .containsExactly(
                        "daemon.err probe: in trouble before ready",
                        "daemon.err probe: in trouble",
                        "daemon.err probe: <html>");
    }

    @Test
    void theFacilityIsTheOneAskedForAndAHangupChangesNothing() throws Exception {
        start("syslog", "local3", "task", "say", "shared", "");
        ProcView daemon = ProcView.ofPidfile(pidfile);
        String before = daemon.descriptors().get(1);

        signal("HUP", daemon);

        awaitMessages(8);
        assertThat(messagesOf(daemon.pid()))
                .contains("local3.info probe: reloaded", "local3.warn probe: this is a warning")
                .contains("local3.info probe: in trouble");
        assertThat(daemon.descriptors()).containsEntry(1, before).containsEntry(2, before);
    }

    @Test
    void theHelpersAreDaemonsOfTheirOwnAndEndWithTheDaemon() throws Exception {
        Finished launcher = start("syslog", "daemon", "task", "say");
        assertThat(launcher).as("who waited has ended").isEqualTo(new Finished(0, "", ""));
        ProcView daemon = ProcView.ofPidfile(pidfile);
        List<ProcView> helpers = helpers();

        assertThat(helpers).hasSize(4).allSatisfy(helper -> {
            assertThat(helper.session()).isNotEqualTo(helper.pid()).isNotEqualTo(daemon.session());
            assertThat(helper.terminal()).isZero();
            assertThat(helper.status("SigIgn")).isEqualTo("0000000000000000");
            assertThat(helper.status("SigBlk")).isEqualTo("0000000000000000");
            assertThat(helper.workingDirectory()).isEqualTo(Path.of("/"));
            assertThat(helper.descriptors().values())
                    .allMatch(file -> file.startsWith("pipe:") || file.equals("/dev/null") || file.contains("socket:"));
        });
        assertThat(daemon.descriptors().keySet())
                .as("one lock beside the streams")
                .contains(0, 1, 2, 5);
        assertThat(daemon.descriptors().values().stream().filter(file -> file.startsWith("pipe:")))
                .as("a pipe for each stream, once")
                .hasSize(2)
                .doesNotHaveDuplicates();

        signal("TERM", daemon);

        Processes.await("the end of the daemon", () -> !daemon.isAlive());
        Processes.await("the end of the helpers", () -> helpers.stream().noneMatch(ProcView::isAlive));
    }

    @Test
    void aStoppedHelperDoesNotKeepTheDaemonFromEnding() throws Exception {
        start("syslog", "daemon", "task", "flood");
        ProcView daemon = ProcView.ofPidfile(pidfile);
        for (ProcView helper : helpers()) {
            signal("STOP", helper);
        }
        Processes.await("the pipe to be full", () -> isIdle(daemon));

        signal("TERM", daemon);

        Processes.await("the end of the daemon", () -> !daemon.isAlive());
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void theReasonOfAFailedStartIsForTheOneWhoWaitsAndForSyslogAndNoHelperIsLeft() throws Exception {
        Finished failed = start("syslog", "daemon", "task", "fail");
        assertThat(failed.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(failed.err()).contains("IllegalStateException: it is not");
        awaitMessage("daemon.info probe: all is well");
        awaitMessage("daemon.err probe: java.lang.IllegalStateException: it is not");

        Finished exited = start("syslog", "daemon", "task", "exit");
        assertThat(exited.exitCode()).isEqualTo(DaemonException.EXIT_NOT_RUNNING);
        assertThat(exited.err()).contains("(exit status 3)", "its last words on stderr:\n    last words");
        awaitMessage("daemon.err probe: last words");

        Processes.await("the end of the helpers", () -> helpers().isEmpty());
    }

    @Test
    void aProgramsOutputGoesThereToo() throws Exception {
        List<String> command = Launcher.mode("exec")
                .with("pidfile", pidfile)
                .with("syslog", "user")
                .command("sh", "-c", "echo hello; echo alas >&2; echo \"<2>help\"; sleep 60");

        Finished launcher = processes.run(syslog.inside(command));

        assertThat(launcher.exitCode()).as(launcher.err()).isZero();
        ProcView program = ProcView.ofPidfile(pidfile);
        awaitMessages(3);
        assertThat(messagesOf(program.pid()))
                .containsExactlyInAnyOrder("user.info probe: hello", "user.err probe: alas", "user.crit probe: help");
        assertThat(program.descriptors()).hasSize(4);
    }

    @Test
    void aMachineWithoutSyslogIsAProblemBeforeAnythingIsStarted() throws Exception {
        Files.createDirectory(directory.resolve("empty"));
        List<String> command = new ArrayList<>(List.of("env", "PATH=" + directory.resolve("empty")));
        command.addAll(LogProgram.command(Map.of("pidfile", pidfile, "syslog", "daemon", "task", "say")));

        Finished launcher = processes.run(syslog.inside(command));

        assertThat(launcher.exitCode()).isEqualTo(DaemonException.EXIT_NOT_CONFIGURED);
        assertThat(launcher.err())
                .contains("syslog: ENOENT (no stdbuf in PATH); install it, or use the journal or files.");
        assertThat(pidfile).doesNotExist();
        assertThatExceptionOfType(InvalidDaemonSpecException.class)
                .isThrownBy(() -> DaemonSpec.builder().syslog("deamon").build())
                .withMessageContaining("syslog facility 'deamon': give one of user, mail, daemon,");
    }

    private Finished start(String... settings) throws Exception {
        Map<String, Object> all = new TreeMap<>(Map.of("pidfile", pidfile));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return processes.run(syslog.inside(LogProgram.command(all)));
    }

    private void signal(String name, ProcView process) throws Exception {
        assertThat(processes
                        .run(List.of("kill", "-" + name, Long.toString(process.pid())))
                        .exitCode())
                .isZero();
    }

    private List<ProcView> helpers() {
        try {
            return processes.marked().stream()
                    .filter(process -> process.isAlive()
                            && List.of("sed", "logger")
                                    .contains(process.arguments().getFirst()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it uses no processor any more. */
    private static boolean isIdle(ProcView process) {
        try {
            String before = Files.readString(Path.of("/proc/" + process.pid() + "/io"));
            Thread.sleep(200);
            return Files.readString(Path.of("/proc/" + process.pid() + "/io")).equals(before);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitMessages(int count) throws InterruptedException {
        Processes.await(
                count + " messages",
                () -> messages().filter(line -> line.contains("probe[")).count() >= count);
    }

    private void awaitMessage(String message) throws InterruptedException {
        Processes.await(
                message,
                () -> messages()
                        .anyMatch(line -> line.replaceAll("\\[\\d+]", "").endsWith(message)));
    }

    /** Facility and priority, tag and text of each message with this pid. */
    private List<String> messagesOf(long pid) {
        return messages()
                .filter(line -> line.contains("probe[" + pid + "]: "))
                .map(line -> line.replaceAll("^\\w+ +\\d+ [\\d:]+ \\S+ ", "").replace("[" + pid + "]", ""))
                .toList();
    }

    private Stream<String> messages() {
        try {
            return Files.exists(messages) ? Files.readAllLines(messages).stream() : Stream.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
