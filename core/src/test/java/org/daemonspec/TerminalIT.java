package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command face on a terminal, which is script(1)'s: what is seen there, Ctrl-C, and its end. */
class TerminalIT {

    private static final String ESCAPE = "\u001b";
    private static final String ERASE_LINE = "\r" + ESCAPE + "[K";
    private static final char CTRL_C = '\003';

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path log;
    private Path gate;
    private Path screen;

    @BeforeEach
    void nameFiles() {
        pidfile = directory.resolve("probe.pid");
        log = directory.resolve("probe.log");
        gate = directory.resolve("gate");
        screen = directory.resolve("screen");
    }

    @Test
    void statesHaveTheirColours() throws Exception {
        assertThat(look("xterm", "")).isEqualTo("probe: not running\r\n");
        Process start = begin("xterm", Map.of(), "exec", face().with("gate", gate), "start");
        awaitIn(log, "waiting\n");
        assertThat(look("xterm", "")).startsWith("probe: " + painted(33, "starting") + " (pid " + pid() + ", since ");
        Files.createFile(gate);
        assertThat(end(start)).isZero();
        assertThat(read(screen)).contains("probe: " + painted(32, "started") + " (pid " + pid() + ", ");

        assertThat(look("xterm", "")).startsWith("probe: " + painted(32, "running") + " (pid " + pid() + ", since ");
        assertThat(look("xterm", "1")).startsWith("probe: running (pid " + pid() + ", since ");
        assertThat(look("dumb", "")).startsWith("probe: running (pid " + pid() + ", since ");

        long pid = pid();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Processes.await("the daemon to be gone", () -> !new ProcView(pid).isAlive());
        assertThat(look("xterm", ""))
                .isEqualTo("probe: " + painted(31, "dead") + ", and its pidfile " + pidfile + " is left\r\n");
    }

    @Test
    void aStartThatTakesLongShowsWhatItWaitsFor() throws Exception {
        Process start = begin("xterm", Map.of("NO_COLOR", "1"), "exec", face().with("gate", gate), "start");
        awaitIn(screen, " s of 60 s)" + ERASE_LINE);
        long pid = pid();
        String waiting = ERASE_LINE + "probe: waiting for process " + pid + " to be ready ";
        assertThat(read(screen)).matches("(" + Pattern.quote(waiting) + "\\(\\d+ s of 60 s\\))+");

        Files.createFile(gate);

        assertThat(end(start)).isZero();
        assertThat(lastLine()).matches("probe: started \\(pid " + pid + ", \\d+(\\.\\d s| ms)\\)\r\n");
    }

    @Test
    void aStopThatTakesLongShowsTheSignalAndSaysWhatItTook() throws Exception {
        processes.run(face().with("deaf", "").command("start"));
        long pid = pid();

        Process stop = begin("xterm", Map.of(), "exec", face().with("quick", 2500), "stop");

        assertThat(end(stop)).isZero();
        assertThat(read(screen))
                .containsPattern(
                        Pattern.quote(ERASE_LINE + "probe: waiting for process " + pid + " to end after SIGTERM (")
                                + "\\d s of 2 s\\)");
        assertThat(lastLine()).startsWith("probe: " + painted(33, "stopped by SIGKILL") + " (pid " + pid + ", ");
        assertThat(new ProcView(pid).isAlive()).isFalse();
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void onATerminalThatCannotTakeBackALineNothingIsSaidMeanwhile() throws Exception {
        Process start = begin("dumb", Map.of(), "exec", face().with("gate", gate), "start");
        awaitIn(log, "waiting\n");
        assertThat(start.waitFor(1500, TimeUnit.MILLISECONDS)).isFalse();
        Files.createFile(gate);

        assertThat(end(start)).isZero();
        assertThat(read(screen))
                .startsWith("probe: started (pid " + pid() + ", ")
                .hasLineCount(1);
    }

    @Test
    void ctrlCDuringAStartEndsWhatWasBeingStarted() throws Exception {
        Process start =
                begin("xterm", Map.of(), "exec", face().with("gate", gate).with("onStop", "say"), "start");
        awaitIn(log, "waiting\n");

        type(start, CTRL_C);

        assertThat(end(start)).isEqualTo(7);
        assertThat(read(screen)).endsWith("probe: start failed: cancelled by SIGINT\r\n");
        assertThat(log).hasContent("waiting\nstop handler\n");
        assertThat(pidfile).doesNotExist();
        assertThat(processes.marked()).isEmpty();
    }

    @Test
    void aSecondCtrlCKillsADaemonThatDoesNotListen() throws Exception {
        Process start = begin(
                "xterm",
                Map.of(),
                "exec",
                face().with("gate", gate).with("onStop", "hang").with("stopTimeout", 60_000),
                "start");
        awaitIn(log, "waiting\n");
        ProcView daemon = ProcView.ofPidfile(pidfile);
        type(start, CTRL_C);
        awaitIn(log, "stop handler\n");
        assertThat(start.waitFor(500, TimeUnit.MILLISECONDS))
                .as("waits for the stop handler")
                .isFalse();
        assertThat(daemon.isAlive()).isTrue();

        type(start, CTRL_C);

        assertThat(start.waitFor(4, TimeUnit.SECONDS))
                .as("without the patience of the first")
                .isTrue();
        assertThat(start.exitValue()).isEqualTo(7);
        assertThat(read(screen)).endsWith("probe: start failed: cancelled by SIGINT\r\n");
        assertThat(pidfile).doesNotExist();
        assertThat(processes.marked()).isEmpty();
    }

    /** The moment in which the daemon exists, and the launcher has hardly noticed. */
    @RepeatedTest(4)
    void aStartIsCancelledFromTheTimeOnThatItHasAPid() throws Exception {
        Process start = processes
                .builder(face().command("start"))
                .redirectErrorStream(true)
                .redirectOutput(screen.toFile())
                .start();
        while (Files.notExists(pidfile) || Files.readString(pidfile).isBlank()) {
            Thread.onSpinWait();
        }

        start.destroy();

        assertThat(end(start)).isEqualTo(7);
        assertThat(screen).hasContent("probe: start failed: cancelled by SIGTERM");
        assertThat(pidfile).doesNotExist();
        assertThat(processes.marked()).isEmpty();
    }

    @Test
    void afterAStartCtrlCIsNoMatterOfTheDaemons() throws Exception {
        Process shell = begin("xterm", Map.of(), "", face(), "start; echo prompt; exec sleep 60");
        awaitIn(screen, "prompt");
        long pid = pid();

        type(shell, CTRL_C);

        assertThat(end(shell)).as("sleep").isEqualTo(128 + 2);
        assertThat(new ProcView(pid).isAlive()).isTrue();
    }

    /** With and without a shell between the terminal and the program. */
    @ParameterizedTest
    @ValueSource(strings = {"exec", ""})
    void whatRunsInTheForegroundEndsWithItsTerminal(String how) throws Exception {
        Process terminal = begin(
                "xterm", Map.of(), how, face().with("onStop", "say").with("onReload", "say"), "run >" + log + "; true");
        awaitIn(log, "ready\n");
        ProcView run = ProcView.ofPidfile(pidfile);
        assertThat(run.terminal()).as("controlling terminal").isNotZero();
        kill("HUP", run.pid());
        awaitIn(log, "reload handler\n");
        assertThat(run.isAlive()).as("a signal that was sent is a reload").isTrue();

        terminal.destroyForcibly();

        Processes.await("the end of the program", () -> !run.isAlive());
        assertThat(log).hasContent("ready\nreload handler\nstop handler\n");
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void whatRunsInTheForegroundEndsWithTheShellThatIsKilled() throws Exception {
        begin("xterm", Map.of(), "", face().with("onStop", "say"), "run >" + log + "; true");
        awaitIn(log, "ready\n");
        ProcView run = ProcView.ofPidfile(pidfile);
        assertThat(run.parent()).as("the shell").isEqualTo(run.session());

        kill("KILL", run.session());

        Processes.await("the end of the program", () -> !run.isAlive());
        assertThat(log).hasContent("ready\nstop handler\n");
        assertThat(pidfile).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"say,0", "fail,1"})
    void ctrlCEndsWhatRunsInTheForeground(String onStop, int exitCode) throws Exception {
        Process terminal = begin("xterm", Map.of(), "exec", face().with("onStop", onStop), "run");
        awaitIn(screen, "ready\r\n");

        type(terminal, CTRL_C);

        assertThat(end(terminal)).isEqualTo(exitCode);
        assertThat(read(screen)).contains("stop handler\r\n");
        assertThat(pidfile).doesNotExist();
    }

    private Launcher face() {
        return Launcher.mode("main")
                .with("pidfile", pidfile)
                .with("stdout", log)
                .with("stderrToStdout", "");
    }

    /** What is on the screen where a line was erased last. */
    private String lastLine() throws IOException {
        String written = read(screen);
        return written.substring(written.lastIndexOf(ERASE_LINE) + ERASE_LINE.length());
    }

    private static String painted(int colour, String text) {
        return ESCAPE + "[" + colour + "m" + text + ESCAPE + "[0m";
    }

    /** What the status looks like. */
    private String look(String terminal, String noColour) throws Exception {
        end(begin(terminal, Map.of("NO_COLOR", noColour), "exec", face(), "status"));
        return read(screen);
    }

    /** Begins a command on a new terminal; {@code words} are for the shell. */
    private Process begin(String terminal, Map<String, String> environment, String how, Launcher launcher, String words)
            throws IOException {
        String command = how + " " + Shell.quoted(launcher.command()) + " " + words;
        ProcessBuilder builder =
                processes.builder(List.of("script", "--quiet", "--return", "--command", command, "/dev/null"));
        builder.environment().put("SHELL", "/bin/sh");
        builder.environment().put("TERM", terminal);
        builder.environment().remove("NO_COLOR");
        builder.environment().putAll(environment);
        return builder.redirectErrorStream(true).redirectOutput(screen.toFile()).start();
    }

    private static void type(Process terminal, char key) throws IOException {
        OutputStream keyboard = terminal.getOutputStream();
        keyboard.write(key);
        keyboard.flush();
    }

    private static int end(Process process) throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends").isTrue();
        return process.exitValue();
    }

    private static void kill(String signal, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    private long pid() {
        return ProcView.ofPidfile(pidfile).pid();
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private static void awaitIn(Path file, String text) throws InterruptedException {
        Processes.await(text + " in " + file.getFileName(), () -> {
            try {
                return Files.exists(file) && read(file).contains(text);
            } catch (IOException e) {
                return false;
            }
        });
    }
}
