package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.daemonspec.bindings.Libc;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What SIGTERM, SIGINT and SIGHUP do in the process of a task. */
class SignalsIT {

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

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void aDaemonThatIsToldToEndRunsItsHandlersBackwardsThenItsHooksAndLeavesWithZero(String signal) throws Exception {
        try (Orphanage orphanage = new Orphanage()) {
            start(daemon().with("onStop", "say,say,say").with("hook", "pidfile"));
            long pid = pid();

            signal(signal, pid);

            assertThat(orphanage.exitStatus(pid)).isZero();
            assertThat(log).hasContent("""
                ready
                stop handler 3
                stop handler 2
                stop handler 1
                hook, the pidfile is there
                """);
            assertThat(pidfile).doesNotExist();
        }
    }

    @Test
    void aStopHandlerThatFailsKeepsNoOtherFromRunningAndShowsInLogAndExitStatus() throws Exception {
        try (Orphanage orphanage = new Orphanage()) {
            start(daemon().with("onStop", "say,fail,say").with("hook", "pidfile"));
            long pid = pid();

            signal("TERM", pid);

            assertThat(orphanage.exitStatus(pid)).isEqualTo(1);
            assertThat(Files.readString(log))
                    .contains("java.io.IOException: the stop handler 2 failed on purpose\n\tat ")
                    .containsSubsequence(
                            "stop handler 3\n", "stop handler 2\n", "stop handler 1\n", "hook, the pidfile is there\n");
            assertThat(pidfile).doesNotExist();
        }
    }

    @Test
    void aStopHandlerThatHangsIsLeftAfterTheStopTimeoutAndItsStackIsInTheLog() throws Exception {
        try (Orphanage orphanage = new Orphanage()) {
            start(daemon().with("onStop", "say,hang").with("hook", "pidfile").with("stopTimeout", 300));
            long pid = pid();

            signal("TERM", pid);

            assertThat(orphanage.exitStatus(pid)).isEqualTo(1);
            assertThat(Files.readString(log))
                    .containsSubsequence(
                            "stop handler 2\n",
                            "probe: the stop handlers have not returned after 0.3 s (stopTimeout)",
                            "ProbeProgram.hangingHandler(",
                            "hook, the pidfile is there\n")
                    .doesNotContain("stop handler 1");
            assertThat(pidfile).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"return", "throw"})
    void aTaskThatEndsBecauseItWasToldToIsNoFailure(String way) throws Exception {
        try (Orphanage orphanage = new Orphanage()) {
            start(daemon().with("ends", way).with("hook", ""));
            long pid = pid();

            signal("TERM", pid);

            assertThat(orphanage.exitStatus(pid)).isZero();
            assertThat(Files.readString(log)).startsWith("ready\n").contains("hook\n");
            assertThat(pidfile).doesNotExist();
        }
    }

    @Test
    void twoSignalsAreOneStop() throws Exception {
        start(daemon().with("onStop", "say,read").with("config", gate).with("hook", ""));
        Files.writeString(gate, "config");
        long pid = pid();

        for (String signal : List.of("TERM", "TERM", "INT")) {
            signal(signal, pid);
        }

        awaitEnd(pid);
        assertThat(log).hasContent("ready\nstop handler 2 has read config\nstop handler 1\nhook\n");
    }

    @ParameterizedTest
    @CsvSource({"TERM,say,0", "INT,say,0", "TERM,fail,1"})
    void inTheForegroundItIsTheSame(String signal, String onStop, int exitStatus) throws Exception {
        Process run = run(daemon("run").with("onStop", onStop).with("hook", "pidfile"));
        awaitIn(log, "ready\n");
        assertThat(pid()).isEqualTo(run.pid());
        assertThat(new ProcView(run.pid()).hasLock(lockOf(run.pid()))).isTrue();

        signal(signal, run.pid());

        assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).isEqualTo(exitStatus);
        assertThat(Files.readString(log))
                .containsSubsequence("ready\n", "stop handler\n", "hook, the pidfile is there\n");
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aDaemonThatIsToldToEndBeforeItIsReadySaysSoToWhoWaits() throws Exception {
        Process launcher = run(daemon().with("gate", gate).with("onStop", "say"));
        awaitIn(log, "waiting\n");

        signal("TERM", pid());

        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(launcher.exitValue()).isEqualTo(7);
        assertThat(directory.resolve("err"))
                .hasContent("probe: start failed: it was stopped by SIGTERM before it was ready");
        assertThat(log).hasContent("waiting\nstop handler\n");
        assertThat(pidfile).doesNotExist();
        assertThat(processes.marked()).isEmpty();
    }

    @Test
    void aHangupReopensTheLogsByTheirNamesAndEndsNothing() throws Exception {
        Path errors = directory.resolve("probe.err");
        start(Launcher.mode("handlers")
                .with("pidfile", pidfile)
                .with("tick", "")
                .with("stdout", log)
                .with("stderr", errors));
        long pid = pid();
        awaitIn(log, "out 1\n");
        Path oldLog = Files.move(log, directory.resolve("probe.log.1"));
        Path oldErrors = Files.move(errors, directory.resolve("probe.err.1"));

        signal("HUP", pid);

        awaitIn(log, "\nout ");
        awaitIn(errors, "\nerr ");
        assertThat(Files.readString(log)).doesNotContain("err");
        assertThat(Files.readString(errors)).doesNotContain("out");
        assertThat(new ProcView(pid).descriptors())
                .containsEntry(1, log.toRealPath().toString())
                .containsEntry(2, errors.toRealPath().toString())
                .doesNotContainValue(oldLog.toRealPath().toString());
        stop(pid);
        for (List<Path> files : List.of(List.of(oldLog, log), List.of(oldErrors, errors))) {
            String word = files.contains(log) ? "out " : "err ";
            List<String> lines =
                    lines(files).stream().filter(line -> line.startsWith(word)).toList();
            assertThat(lines)
                    .as("nothing is lost, doubled or torn")
                    .containsExactlyElementsOf(IntStream.range(0, lines.size())
                            .mapToObj(i -> word + i)
                            .toList());
        }
    }

    @Test
    void logsThatAreOneFileAreOneFileAfterwardsAndTheHandlerWritesToTheNewOne() throws Exception {
        start(daemon().with("onReload", "say,say"));
        long pid = pid();
        Path old = Files.move(log, directory.resolve("probe.log.1"));

        signal("HUP", pid);

        awaitIn(log, "reload handler 2\n");
        assertThat(old).hasContent("ready\n");
        assertThat(log).hasContent("reload handler 1\nreload handler 2\n");
        assertThat(new ProcView(pid).descriptors())
                .containsEntry(1, log.toRealPath().toString())
                .containsEntry(2, log.toRealPath().toString());
        assertThat(new ProcView(pid).isAlive()).isTrue();
    }

    @Test
    void logsThatCannotBeReopenedAreWrittenOnWhereTheyWere() throws Exception {
        Path logs = Files.createDirectory(directory.resolve("logs"));
        log = logs.resolve("probe.log");
        start(daemon().with("onReload", "say"));
        long pid = pid();
        Path moved = Files.move(logs, directory.resolve("moved"));

        signal("HUP", pid);

        awaitIn(moved.resolve("probe.log"), "reload handler\n");
        assertThat(Files.readString(moved.resolve("probe.log")))
                .contains("daemonspec: reopen log: open " + log + ": ENOENT", "the old file is still written");
        assertThat(new ProcView(pid).isAlive()).isTrue();
        Files.createDirectory(logs);
        signal("HUP", pid);
        awaitIn(log, "reload handler\n");
        assertThat(log).hasContent("reload handler\n");
    }

    @Test
    void manyHangupsAreRoundsThatDoNotOverlapAndTheLastSeesTheLastChange() throws Exception {
        Path config = directory.resolve("config");
        start(daemon().with("onReload", "read").with("config", config));
        long pid = pid();

        for (int i = 0; i <= 40; i++) {
            Files.writeString(directory.resolve("draft"), "version " + i);
            Files.move(directory.resolve("draft"), config, StandardCopyOption.ATOMIC_MOVE);
            signal("HUP", pid);
        }

        awaitIn(log, "reload handler has read version 40\n");
        assertThat(Files.readString(log)).doesNotContain("overlap");
        assertThat(new ProcView(pid).isAlive()).isTrue();
    }

    @Test
    void aReloadHandlerThatFailsEndsNeitherTheDaemonNorTheOthers() throws Exception {
        start(daemon().with("onReload", "fail,say"));
        long pid = pid();

        signal("HUP", pid);
        awaitIn(log, "reload handler 2\n");
        assertThat(Files.readString(log))
                .contains(
                        "probe: a reload handler failed: java.io.IOException: the reload handler 1 failed on purpose\n",
                        "\tat ");
        Files.delete(log);
        signal("HUP", pid);

        awaitIn(log, "reload handler 2\n");
        assertThat(new ProcView(pid).isAlive()).isTrue();
    }

    @Test
    void aHangupOfAForegroundTaskWithoutATerminalReloads() throws Exception {
        Process run = run(List.of("setsid", "--wait"), daemon("run").with("onReload", "say"));
        awaitIn(log, "ready\n");

        signal("HUP", pid());

        awaitIn(log, "reload handler\n");
        assertThat(run.isAlive()).isTrue();
        assertThat(new ProcView(pid()).isAlive()).isTrue();
    }

    @Test
    void withXrsItSaysThatHandlersWillNotRunAndEndsAllTheSame() throws Exception {
        start(daemon().option("-Xrs").with("onStop", "say").with("onReload", "say"));
        long pid = pid();
        assertThat(Files.readString(log))
                .startsWith("probe: with the JVM option -Xrs signals end the process at once:")
                .endsWith("\nready\n");

        assertThat(DaemonControl.of(pidfile).stop())
                .isInstanceOfSatisfying(
                        StopResult.Stopped.class,
                        stopped -> assertThat(stopped.signal()).isEqualTo(Signal.TERM));

        assertThat(new ProcView(pid).isAlive()).isFalse();
        assertThat(Files.readString(log)).doesNotContain("stop handler");
        assertThat(pidfile).doesNotExist();
    }

    private Launcher daemon() {
        return daemon("handlers");
    }

    private Launcher daemon(String mode) {
        return Launcher.mode(mode).with("pidfile", pidfile).with("stdout", log).with("stderrToStdout", "");
    }

    private void start(Launcher launcher) throws Exception {
        assertThat(processes.run(launcher.command())).isEqualTo(new Finished(0, "", ""));
    }

    private Process run(Launcher launcher) throws IOException {
        return run(List.of(), launcher);
    }

    /** Runs it in the foreground, with its output in the log if it does not send it there itself. */
    private Process run(List<String> prefix, Launcher launcher) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(launcher.command());
        return processes
                .builder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectError(directory.resolve("err").toFile())
                .start();
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    private void stop(long pid) throws Exception {
        signal("TERM", pid);
        awaitEnd(pid);
    }

    private static void awaitEnd(long pid) throws InterruptedException {
        Processes.await("the end of the daemon", () -> !new ProcView(pid).isAlive());
    }

    private long pid() {
        return ProcView.ofPidfile(pidfile).pid();
    }

    private int lockOf(long pid) throws IOException {
        String path = pidfile.toRealPath().toString();
        return new ProcView(pid)
                .descriptors().entrySet().stream()
                        .filter(descriptor -> descriptor.getValue().equals(path))
                        .findFirst()
                        .orElseThrow()
                        .getKey();
    }

    private static List<String> lines(List<Path> files) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files) {
            text.append(Files.readString(file));
        }
        return text.toString().lines().toList();
    }

    private static void awaitIn(Path file, String text) throws InterruptedException {
        Processes.await(text + " in " + file.getFileName(), () -> {
            try {
                return Files.exists(file) && Files.readString(file).contains(text);
            } catch (IOException e) {
                return false;
            }
        });
    }

    /** Makes this process the parent of daemons that lose theirs, so that it can tell how they end; see prctl(2). */
    private static final class Orphanage implements AutoCloseable {

        Orphanage() {
            adopt(1);
        }

        private static void adopt(long whether) {
            int result = Libc.prctl.makeInvoker(Libc.C_LONG).apply(Libc.PR_SET_CHILD_SUBREAPER(), whether);
            assertThat(result).as("prctl").isZero();
        }

        /** Waits for the end of an orphan. */
        int exitStatus(long pid) throws InterruptedException {
            awaitEnd(pid);
            try (Posix posix = Posix.open()) {
                int waitStatus = posix.awaitChild((int) pid).orElseThrow();
                assertThat(waitStatus & 0x7f).as("killed by signal").isZero();
                return waitStatus >> 8;
            }
        }

        @Override
        public void close() {
            adopt(0);
        }
    }
}
