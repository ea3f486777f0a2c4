package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever starts it, and however that one ends: the daemon is a proper one and stays. */
class SurvivalIT {

    private static final String NO_SIGNAL = "0000000000000000";
    private static final int LOCK = 5;
    private static final int O_CLOEXEC = 02000000;

    /** See proc_pid_stat(5). */
    private static final Pattern STAT = Pattern.compile(
            "(?<pid>\\d+) \\(.*\\) \\S+ \\d+ \\d+ (?<session>\\d+) (?<terminal>\\d+) (?<foreground>\\d+) .*\\s*");

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path log;
    private Path gate;
    private Path mark;

    @BeforeEach
    void nameFiles() {
        pidfile = directory.resolve("probe.pid");
        log = directory.resolve("probe.log");
        gate = directory.resolve("gate");
        mark = directory.resolve("mark");
    }

    @RepeatedTest(5)
    void itSurvivesTheEndOfALauncherThatLedTheSessionOfATerminal() throws Exception {
        List<String> launcher = Launcher.mode("detach").with("pidfile", pidfile).command();

        Finished terminal = processes.run(inTerminal("cat /proc/$$/stat; exec " + Shell.quoted(launcher)));

        assertThat(terminal.exitCode()).as(terminal.out()).isZero();
        assertIsDaemon(sessionLed(terminal.out()));
    }

    @Test
    void theEndOfASessionLeaderKillsWhatIsNoDaemon() throws Exception {
        Finished terminal = processes.run(inTerminal("cat /proc/$$/stat; sleep 600 & true"));

        sessionLed(terminal.out());
        Processes.await("sleep to be killed", () -> marked().isEmpty());
    }

    @Test
    void itSurvivesATerminalThatHangsUpWhileTheLauncherWaits() throws Exception {
        Process terminal = start(inTerminal("exec " + Shell.quoted(waiting().command())));
        ProcView launcher = childOf(terminal);
        assertThat(launcher.session()).as("leads its session").isEqualTo(launcher.pid());
        assertThat(launcher.terminal()).as("controlling terminal").isNotZero();
        long session = launcher.session();

        terminal.destroyForcibly();
        Processes.await("the launcher to be gone", () -> !launcher.isAlive());

        assertBecomesReadyAndStays(session);
    }

    @Test
    void itSurvivesALauncherThatIsKilledWhileItWaits() throws Exception {
        Process launcher = start(waiting().command());
        long session = new ProcView(launcher.pid()).session();

        launcher.destroyForcibly().waitFor();

        assertBecomesReadyAndStays(session);
    }

    @Test
    void commandSubstitutionReturnsWithTheOutputOfTheLauncher() throws Exception {
        List<String> launcher = Launcher.mode("launch").with("pidfile", pidfile).command();

        Finished bash = processes.run(
                List.of("bash", "-c", "output=$(%s 2>&1) && echo \"[$output]\"".formatted(Shell.quoted(launcher))));

        ProcView daemon = assertIsDaemon(ownSession());
        assertThat(bash).isEqualTo(new Finished(0, "[launched " + daemon.pid() + " true]\n", ""));
    }

    @Test
    void nohupIsNotInherited() throws Exception {
        Process launcher = start(prefixed("nohup"));

        assertThat(view(launcher).status("SigIgn")).as("SIGHUP").endsWith("1");
        assertIsDaemonAfter(launcher);
    }

    @Test
    void ignoredSignalsAreNotInherited() throws Exception {
        Process launcher = start(Shell.script(
                "trap '' HUP INT QUIT USR1 PIPE; exec %s", waiting().command()));

        assertThat(view(launcher).status("SigIgn"))
                .as("SIGHUP, SIGINT and SIGUSR1")
                .endsWith("203");
        assertIsDaemonAfter(launcher);
    }

    @Test
    void blockedSignalsAreNotInherited() throws Exception {
        assumeTrue(succeeds(List.of("env", "--block-signal", "true")), "env(1) can block signals since coreutils 8.32");
        Process launcher = start(prefixed("env", "--block-signal"));

        assertThat(view(launcher).status("SigBlk"))
                .as("all that can be blocked")
                .startsWith("fffffffe");
        assertIsDaemonAfter(launcher);
    }

    @Test
    void aSessionWithoutTerminalIsLeft() throws Exception {
        Process launcher = start(prefixed("setsid", "--wait"));

        assertThat(view(launcher).session()).as("leads its session").isEqualTo(launcher.pid());
        assertIsDaemonAfter(launcher);
    }

    @Test
    void theEnvironmentOfCronIsEnough() throws Exception {
        ProcessBuilder cron = processes.builder(prefixed("setsid", "--wait"));
        cron.environment().keySet().removeIf(name -> !name.startsWith("DAEMONSPEC_TEST"));
        cron.environment().put("HOME", "/");
        cron.environment().put("LOGNAME", "root");
        cron.environment().put("SHELL", "/bin/sh");
        cron.environment().put("PATH", "/usr/bin:/bin");
        Process launcher = start(cron);

        assertThat(view(launcher).terminal()).as("controlling terminal").isZero();
        assertIsDaemonAfter(launcher);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closedStandardStreamsAreOpenInTheDaemon(boolean hasLog) throws Exception {
        Launcher spec = Launcher.mode("detach").with("pidfile", pidfile).with("mark", mark);
        List<String> command = (hasLog ? spec.with("stdout", log) : spec).command();

        Finished launcher = processes.run(Shell.script("exec %s <&- >&- 2>&-", command));

        assertThat(launcher.exitCode()).isZero();
        ProcView daemon = assertIsDaemon(ownSession());
        assertThat(daemon.descriptors())
                .containsEntry(0, "/dev/null")
                .containsEntry(1, hasLog ? log.toRealPath().toString() : "/dev/null")
                .containsEntry(2, "/dev/null");
    }

    @Test
    void furtherDescriptorsAreNotInherited() throws Exception {
        Path passed = Files.createFile(directory.resolve("passed"));
        String script = "exec %s 9</etc/passwd 11>%s 200<&9"
                .formatted(Shell.quoted(waiting().command()), Shell.quoted(List.of(passed.toString())));
        Process launcher = start(List.of("bash", "-c", script));

        assertThat(view(launcher).descriptors()).containsKeys(9, 11, 200);
        assertThat(assertIsDaemonAfter(launcher).descriptors().values())
                .doesNotContain("/etc/passwd", passed.toRealPath().toString());
    }

    @Test
    void aMillionDescriptorsAllowedIsNoHindrance() throws Exception {
        String limit = "ulimit -n 1048576";
        assumeTrue(succeeds(List.of("bash", "-c", limit)), "the hard limit of open files here is lower than 1,048,576");
        String script = limit + " && exec " + Shell.quoted(waiting().command());

        Process launcher = start(List.of("bash", "-c", script));

        assertIsDaemonAfter(launcher);
    }

    @Test
    void itsParentIsTheInitOfItsPidNamespace() throws Exception {
        List<String> unshare = List.of("unshare", "--fork", "--pid", "--mount-proc");
        assumeTrue(succeeds(concat(unshare, List.of("true"))), "only root may unshare --pid");
        Path exitCode = directory.resolve("exit");
        String init = "%s; echo $? >%s.new; mv %2$s.new %2$s; exec sleep 600"
                .formatted(Shell.quoted(launcher("detach").command()), Shell.quoted(List.of(exitCode.toString())));
        Process process = processes
                .builder(concat(unshare, List.of("sh", "-c", init)))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();

        Processes.await("the launcher to leave", () -> Files.exists(exitCode));
        assertThat(exitCode).hasContent("0");
        long innerPid = ProcView.ofPidfile(pidfile).pid();
        ProcView daemon = processes.marked().stream()
                .filter(candidate -> candidate.status("NSpid").endsWith("\t" + innerPid))
                .findFirst()
                .orElseThrow();
        assertIsDaemon(daemon, ownSession(), childOf(process).pid());
    }

    @Test
    void aDaemonMayStartAnother() throws Exception {
        Path secondPidfile = directory.resolve("second.pid");
        List<String> second =
                Launcher.mode("detach").with("pidfile", secondPidfile).command();
        Path output = directory.resolve("output");

        Finished launcher =
                processes.run(launcher("child").with("mark", output).command(second.toArray(String[]::new)));

        assertThat(launcher).isEqualTo(new Finished(0, "", ""));
        assertThat(output).isEmptyFile();
        assertThat(Path.of(output + ".exit")).hasContent("0");
        ProcView first = ProcView.ofPidfile(pidfile);
        ProcView other = ProcView.ofPidfile(secondPidfile);
        assertThat(processes.marked()).containsExactlyInAnyOrder(first, other);
        assertIsDaemon(first, ownSession(), reaper());
        assertIsDaemon(other, first.session(), reaper());
        assertThat(other.descriptors())
                .as("keeps nothing of the first")
                .doesNotContainValue(pidfile.toRealPath().toString());
        assertThat(first.descriptorFlags(LOCK) & O_CLOEXEC)
                .as("close on exec of the first one's lock")
                .isNotZero();
    }

    private Launcher launcher(String mode) {
        return Launcher.mode(mode).with("pidfile", pidfile);
    }

    /** A launcher that waits for its daemon, which waits for the gate. */
    private Launcher waiting() {
        return launcher("ready").with("stdout", log).with("gate", gate).with("mark", mark);
    }

    /** The waiting launcher, executed by another command. */
    private List<String> prefixed(String... prefix) {
        return concat(List.of(prefix), waiting().command());
    }

    /** script(1) runs a shell that leads the session of a new terminal, which is gone when script is. */
    private static List<String> inTerminal(String command) {
        return List.of("env", "SHELL=/bin/sh", "script", "--quiet", "--return", "--command", command, "/dev/null");
    }

    /** The session that the process led that wrote its stat. */
    private static long sessionLed(String output) {
        Matcher stat = STAT.matcher(output.lines().findFirst().orElseThrow());
        assertThat(stat.matches()).as(output).isTrue();
        assertThat(stat.group("session")).as("session").isEqualTo(stat.group("pid"));
        assertThat(stat.group("foreground")).as("foreground process group").isEqualTo(stat.group("pid"));
        assertThat(stat.group("terminal")).as("controlling terminal").isNotEqualTo("0");
        return Long.parseLong(stat.group("session"));
    }

    /** Starts a command that runs or becomes a waiting launcher; returns when the task waits for the gate. */
    private Process start(List<String> command) throws Exception {
        return start(processes.builder(command));
    }

    private Process start(ProcessBuilder builder) throws Exception {
        Path output = directory.resolve("output");
        Process process = builder.redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Processes.await(
                "the task to wait", () -> !process.isAlive() || read(log).equals("waiting\n"));
        assertThat(process.isAlive()).as(read(output)).isTrue();
        return process;
    }

    private static ProcView view(Process process) {
        return new ProcView(process.pid());
    }

    private static ProcView childOf(Process process) {
        List<ProcessHandle> children = process.children().toList();
        assertThat(children).hasSize(1);
        return new ProcView(children.getFirst().pid());
    }

    /** Opens the gate: the launcher leaves with 0, and what stays is a daemon. */
    private ProcView assertIsDaemonAfter(Process launcher) throws Exception {
        long session = view(launcher).session();
        Files.createFile(gate);
        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).as("left in time").isTrue();
        assertThat(launcher.exitValue()).as(read(directory.resolve("output"))).isZero();
        return assertIsDaemon(session);
    }

    /** Opens the gate after the launcher's death. */
    private void assertBecomesReadyAndStays(long launcherSession) throws Exception {
        Processes.await("all but the daemon to be gone", () -> marked().size() == 1);
        Files.createFile(gate);
        Processes.await("the task to be over the gate", () -> Files.exists(mark));
        assertThat(log).hasContent("waiting\nready\n");
        assertIsDaemon(launcherSession);
    }

    private ProcView assertIsDaemon(long launcherSession) throws Exception {
        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertThat(processes.marked()).as("nobody else is left").containsExactly(daemon);
        assertIsDaemon(daemon, launcherSession, reaper());
        return daemon;
    }

    private static void assertIsDaemon(ProcView daemon, long launcherSession, long parent) {
        assertThat(daemon.isAlive()).isTrue();
        assertThat(daemon.hasLock(LOCK)).as("locks the pidfile").isTrue();
        assertThat(daemon.terminal()).as("controlling terminal").isZero();
        assertThat(daemon.session()).isNotEqualTo(launcherSession).isNotEqualTo(daemon.pid());
        assertThat(daemon.status("SigIgn")).isEqualTo(NO_SIGNAL);
        assertThat(daemon.status("SigBlk")).isEqualTo(NO_SIGNAL);
        assertThat(daemon.parent()).isEqualTo(parent);
    }

    /** init, or whoever reaps orphans here: the parent that an orphan of a plain shell gets. */
    private long reaper() throws Exception {
        Finished shell = processes.run(List.of("sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!"));
        ProcView orphan = new ProcView(Long.parseLong(shell.out().strip()));
        long parent = orphan.parent();
        ProcessHandle.of(orphan.pid()).orElseThrow().destroyForcibly();
        return parent;
    }

    private static long ownSession() {
        return new ProcView(ProcessHandle.current().pid()).session();
    }

    private boolean succeeds(List<String> command) throws Exception {
        return processes.run(command).exitCode() == 0;
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private List<ProcView> marked() {
        try {
            return processes.marked();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
