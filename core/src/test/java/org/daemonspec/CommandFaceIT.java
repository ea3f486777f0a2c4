package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an administrator types, and what comes back: one line, on the right stream, and the LSB's exit code. */
class CommandFaceIT {

    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";
    private static final String DURATION = "(\\d+ ms|\\d+\\.\\d s)";
    private static final String NO_SIGNAL = "0000000000000000";

    /** Not those from 32 on that the C library keeps for itself, and that whoever started the test may ignore. */
    private static final long KNOWN_SIGNALS = 0x7fff_ffff;

    /** A member of a JSON object that has strings, numbers and booleans only. */
    private static final Pattern MEMBER =
            Pattern.compile("[{,]\"(?<name>\\w+)\":(?:\"(?<text>[^\"\\\\]*)\"|(?<word>\\d+|true|false))");

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path log;
    private Path gate;
    private final Map<Process, Path> outputs = new HashMap<>();

    @BeforeEach
    void nameFiles() {
        pidfile = directory.resolve("probe.pid");
        log = directory.resolve("probe.log");
        gate = directory.resolve("gate");
    }

    @Test
    void aDaemonIsStartedLookedAtAndStopped() throws Exception {
        Finished start = run(face(), "start");
        long pid = pid();
        assertThat(start.out()).matches("probe: started \\(pid " + pid + ", " + DURATION + "\\)\n");
        assertThat(start).isEqualTo(new Finished(0, start.out(), ""));
        assertThat(new ProcView(pid).isAlive()).isTrue();

        assertThat(run(face(), "start")).isEqualTo(complaint(1, "already running (pid " + pid + ")."));
        assertThat(run(face(), "start", "--if-needed")).isEqualTo(outcome(0, "already running (pid " + pid + ")."));
        assertThat(pid()).as("still the first").isEqualTo(pid);

        Finished status = run(face(), "status");
        assertThat(status.out()).matches("probe: running \\(pid " + pid + ", since " + TIME + "\\)\n");
        assertThat(status).isEqualTo(new Finished(0, status.out(), ""));
        Map<String, String> json = json(run(face(), "status", "--json"), 0);
        assertThat(json.remove("since")).matches(TIME);
        assertThat(json)
                .isEqualTo(Map.of(
                        "name", "probe",
                        "pidfile", pidfile.toString(),
                        "status", "running",
                        "pid", Long.toString(pid),
                        "ready", "true"));

        Finished stop = run(face(), "stop");
        assertThat(stop.out()).matches("probe: stopped \\(pid " + pid + ", " + DURATION + "\\)\n");
        assertThat(stop).isEqualTo(new Finished(0, stop.out(), ""));
        assertThat(new ProcView(pid).isAlive()).isFalse();
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aDaemonIsInspectedAndOneThatMisbehavesIs150() throws Exception {
        assertThat(run(face(), "status", "--inspect")).isEqualTo(outcome(3, "not running"));
        run(face().with("clean", ""), "start");
        long pid = pid();

        Finished inspection = run(face(), "status", "--inspect");

        assertThat(inspection.err()).isEmpty();
        assertThat(inspection.out().lines().findFirst().orElseThrow())
                .matches("probe: running \\(pid " + pid + ", since " + TIME + "\\)");
        assertThat(inspection.out().lines().filter(line -> line.startsWith("  FAIL")))
                .isEmpty();
        assertThat(inspection.out())
                .contains(
                        "\n  pass  session-leader        /proc/" + pid + "/stat: session ",
                        "\n  pass  pidfile-content       " + pidfile + ": '" + pid + "'\n")
                .containsPattern(" pass, 0 fail, [12] not applicable\n$");
        assertThat(inspection.exitCode()).isZero();

        Files.setPosixFilePermissions(pidfile, PosixFilePermissions.fromString("rw-rw-rw-"));
        Finished misbehaving = run(face(), "status", "--inspect");

        assertThat(misbehaving.out())
                .contains("\n  FAIL  pidfile-mode          " + pidfile + ": mode 0666, so others may write it\n"
                        + "                              to do: chmod 0644 " + pidfile + ".\n")
                .containsPattern(" pass, 1 fails, [12] not applicable\n$");
        assertThat(misbehaving.exitCode()).isEqualTo(150);
        assertThat(run(face(), "status").exitCode())
                .as("what the LSB says stays")
                .isZero();
        Finished json = run(face(), "status", "--inspect", "--json");
        assertThat(json.exitCode()).isEqualTo(150);
        assertThat(json.out())
                .matches("\\{\"name\":\"probe\",.*,\"ready\":true,\"findings\":\\[\\{.*}]}\n")
                .contains("{\"property\":\"pidfile-mode\",\"verdict\":\"fail\",\"evidence\":\"")
                .contains(",\"advice\":\"chmod 0644 " + pidfile + ".\"}")
                .contains("{\"property\":\"launcher\",\"verdict\":\"not_applicable\",");
    }

    @Test
    void whatDoesNotRunIsStoppedRestartedAndReloadedAsTheLsbSays() throws Exception {
        Finished notRunning = outcome(0, "not running");
        assertThat(run(face(), "stop")).isEqualTo(notRunning);
        assertThat(run(face(), "try-restart")).isEqualTo(notRunning);
        assertThat(run(face(), "force-reload")).isEqualTo(notRunning);
        assertThat(run(face(), "status")).isEqualTo(outcome(3, "not running"));
        assertThat(json(run(face(), "status", "--json"), 3))
                .isEqualTo(Map.of("name", "probe", "pidfile", pidfile.toString(), "status", "stopped"));
        Finished reload = run(face(), "reload");
        assertThat(reload.exitCode()).isEqualTo(7);
        assertThat(reload.err()).isEqualTo("probe: not reloaded: it is not running.\n");

        Finished restart = run(face(), "restart");
        assertThat(restart.out()).matches("probe: started \\(pid " + pid() + ", " + DURATION + "\\)\n");
        assertThat(restart).isEqualTo(new Finished(0, restart.out(), ""));
    }

    @Test
    void aDaemonThatWasKilledIsDeadAndItsPidfileIsNoHindrance() throws Exception {
        run(face(), "start");
        kill(pid());

        assertThat(run(face(), "status")).isEqualTo(outcome(1, "dead, and its pidfile " + pidfile + " is left"));
        assertThat(json(run(face(), "status", "--json"), 1))
                .isEqualTo(Map.of("name", "probe", "pidfile", pidfile.toString(), "status", "stale"));
        assertThat(run(face(), "reload").exitCode()).isEqualTo(7);
        assertThat(run(face(), "force-reload")).isEqualTo(outcome(0, "not running"));
        assertThat(run(face(), "try-restart")).isEqualTo(outcome(0, "not running"));

        assertThat(run(face(), "start").exitCode()).isZero();
        assertThat(new ProcView(pid()).isAlive()).isTrue();
        kill(pid());

        assertThat(run(face(), "stop")).isEqualTo(outcome(0, "not running"));
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aDaemonThatStartsIsNeitherStartedTwiceNorKilledByReload() throws Exception {
        Process start = begin(face().with("gate", gate).with("onReload", "say"), "start");
        awaitInLog("waiting");
        long pid = pid();

        Finished status = run(face(), "status");
        assertThat(status.out()).matches("probe: starting \\(pid " + pid + ", since " + TIME + "\\)\n");
        assertThat(status.exitCode()).isZero();
        assertThat(json(run(face(), "status", "--json"), 0))
                .containsEntry("status", "running")
                .containsEntry("pid", Long.toString(pid))
                .containsEntry("ready", "false");
        assertThat(run(face(), "start")).isEqualTo(complaint(1, "already running (pid " + pid + ")."));

        Process ifNeeded = begin(face(), "start", "--if-needed");
        Process reload = begin(face(), "reload");
        assertThat(ifNeeded.waitFor(2, TimeUnit.SECONDS))
                .as("says too early that it runs")
                .isFalse();
        assertThat(reload.isAlive()).as("waits until it can be told").isTrue();
        assertThat(Files.readString(log)).isEqualTo("waiting\n");
        Files.createFile(gate);

        assertThat(end(start)).isZero();
        assertThat(end(ifNeeded)).isZero();
        assertThat(end(reload)).isZero();
        awaitInLog("reload handler");
        assertThat(output(ifNeeded)).isEqualTo("probe: already running (pid " + pid + ").\n");
        assertThat(output(reload)).isEqualTo("probe: told to reload (pid " + pid + ")\n");
        assertThat(new ProcView(pid).isAlive()).isTrue();
        assertThat(pid()).isEqualTo(pid);
    }

    @Test
    void startIfNeededStartsWhatSomebodyElseHasTriedToStartInVain() throws Exception {
        Process start = begin(face().with("gate", gate), "start");
        awaitInLog("waiting");
        Process ifNeeded = begin(face(), "start", "--if-needed");
        assertThat(ifNeeded.waitFor(1, TimeUnit.SECONDS))
                .as("says too early that it runs")
                .isFalse();

        kill(pid());

        assertThat(end(start)).isEqualTo(7);
        assertThat(end(ifNeeded)).isZero();
        assertThat(output(ifNeeded)).startsWith("probe: started (pid " + pid() + ", ");
    }

    @Test
    void aPidfileThatIsADirectoryLeavesItUnknownWhetherItRuns() throws Exception {
        Files.createDirectory(pidfile);
        String reason = "open " + pidfile + ": not a regular file; name a pidfile.";

        assertThat(run(face(), "status")).isEqualTo(outcome(4, "unknown: " + reason));
        assertThat(json(run(face(), "status", "--json"), 4))
                .isEqualTo(
                        Map.of("name", "probe", "pidfile", pidfile.toString(), "status", "unknown", "reason", reason));
        assertThat(run(face(), "stop")).isEqualTo(complaint(1, "not stopped: " + reason));
        assertThat(run(face(), "reload")).isEqualTo(complaint(1, "not reloaded: " + reason));
        assertThat(run(face(), "try-restart")).isEqualTo(complaint(1, "not restarted: " + reason));
        Finished start = run(face(), "start");
        assertThat(start.exitCode()).isEqualTo(6);
        assertThat(start.err()).startsWith("probe: not started: open " + pidfile + ": EISDIR");
        assertThat(pidfile).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({
        "'', say what to do",
        "begin, unknown command 'begin'",
        "START, unknown command 'START'",
        "start now, unknown word 'now'",
        "start --json, start has no option --json",
        "status --if-needed, status has no option --if-needed"
    })
    void wordsThatMakeNoSenseAreAnsweredByTheUsage(String words, String complaint) throws Exception {
        Finished finished = run(face().with("usage", "[--port N]"), words.isEmpty() ? new String[0] : words.split(" "));

        assertThat(finished).isEqualTo(new Finished(2, "", """
            probe: %s; probe --help explains the commands.
            usage: probe start|stop|restart|try-restart|reload|force-reload|status|plan|run|train|generate [OPTION] [--port N]
            """.formatted(complaint)));
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void helpNamesCommandsScheduleAndPidfileOnStdout() throws Exception {
        Finished help = run(face().with("quick", 1500), "stop", "--help");

        assertThat(help).isEqualTo(new Finished(0, help.out(), ""));
        assertThat(help.out())
                .startsWith("usage: probe start|stop|restart|")
                .contains("(SIGTERM and 1.5 s, SIGQUIT and 1 s, SIGKILL and 10 s)")
                .endsWith("\npidfile: " + pidfile + "\n");
    }

    @Test
    void restartAndTryRestartReplaceTheDaemon() throws Exception {
        run(face(), "start");
        for (String command : List.of("restart", "try-restart")) {
            long old = pid();

            Finished restart = run(face(), command);

            assertThat(pid()).isNotEqualTo(old);
            assertThat(restart.out())
                    .matches("probe: stopped \\(pid " + old + ", " + DURATION + "\\)\n" + "probe: started \\(pid "
                            + pid() + ", " + DURATION + "\\)\n");
            assertThat(restart).isEqualTo(new Finished(0, restart.out(), ""));
            assertThat(processes.marked()).containsExactly(new ProcView(pid()));
        }
    }

    @Test
    void aRestartThatCannotWorkLeavesAloneWhatRuns() throws Exception {
        run(face(), "start");
        long pid = pid();
        Path missing = directory.resolve("missing");

        for (String command : List.of("restart", "try-restart", "force-reload")) {
            assertThat(run(face().with("cwd", missing), command))
                    .as(command)
                    .isEqualTo(new Finished(
                            6,
                            "",
                            "probe: not started: workingDirectory " + missing
                                    + ": ENOENT (no such directory); name a directory that exists.\n"
                                    + "probe: what runs was left alone.\n"));
            assertThat(pid()).isEqualTo(pid);
            assertThat(new ProcView(pid).isAlive()).isTrue();
        }
    }

    @Test
    void aRestartWhoseStartFailsSaysThatNoneRunsNow() throws Exception {
        run(face(), "start");
        long pid = pid();

        Finished restart = run(face().with("gate", gate).with("timeout", 800), "restart");

        assertThat(restart.exitCode()).isEqualTo(7);
        assertThat(restart.out()).matches("probe: stopped \\(pid " + pid + ", " + DURATION + "\\)\n");
        assertThat(restart.err())
                .startsWith("probe: start failed: not ready after 0.8 s (readyTimeout)")
                .endsWith("\nprobe: process " + pid + " was stopped for the restart, so none runs now.\n");
        assertThat(run(face(), "status").exitCode()).isEqualTo(3);
        assertThat(processes.marked()).isEmpty();

        Finished again = run(face().with("gate", gate).with("timeout", 800), "restart");
        assertThat(again.exitCode()).isEqualTo(7);
        assertThat(again.err()).as("nothing was stopped for it").doesNotContain("none runs now");
    }

    @Test
    void reloadAndForceReloadReachTheHandlerAndWithoutOneItIsARestart() throws Exception {
        run(face().with("onReload", "say"), "start");
        long pid = pid();

        Finished told = outcome(0, "told to reload (pid " + pid + ")");
        assertThat(run(face().with("onReload", "say"), "reload")).isEqualTo(told);
        awaitInLog("ready\nreload handler\n");
        assertThat(run(face().with("onReload", "say"), "force-reload")).isEqualTo(told);
        awaitInLog("ready\nreload handler\nreload handler\n");
        assertThat(pid()).isEqualTo(pid);

        assertThat(run(face(), "restart").exitCode()).isZero();
        long withoutHandler = pid();
        assertThat(run(face(), "reload")).isEqualTo(outcome(0, "told to reload (pid " + withoutHandler + ")"));
        assertThat(run(face(), "status").exitCode())
                .as("a reload does not kill")
                .isZero();
        Finished forced = run(face(), "force-reload");
        assertThat(forced.exitCode()).isZero();
        assertThat(forced.out()).startsWith("probe: stopped (pid " + withoutHandler + ", ");
        assertThat(pid()).isNotEqualTo(withoutHandler);
    }

    @Test
    void reloadDoesNotEndADaemonThatIsLongInComingToItsTask() throws Exception {
        Process start = begin(face().with("daemonGate", gate).with("onReload", "say"), "start");
        awaitInLog("main waits\n");
        long pid = pid();

        assertThat(run(face(), "reload"))
                .isEqualTo(complaint(
                        1,
                        "not reloaded: process " + pid
                                + " is still starting, and could be ended by the signal; do it when it is ready."));

        Files.createFile(gate);
        assertThat(end(start)).isZero();
        assertThat(pid()).isEqualTo(pid);
        assertThat(log).hasContent("main waits\nready\n");
    }

    @Test
    void anotherProgramHasTheSameFaceButNoReload() throws Exception {
        assertThat(run(program(), "start").exitCode()).isZero();
        long pid = pid();
        assertThat(new ProcView(pid).arguments()).containsExactly("sleep", "60");
        assertThat(run(program(), "start")).isEqualTo(complaint(1, "already running (pid " + pid + ")."));
        assertThat(run(program(), "reload"))
                .isEqualTo(complaint(
                        3, "reload is not implemented: nobody knows what the program does on SIGHUP; use restart."));
        assertThat(json(run(program(), "status", "--json"), 0)).containsEntry("ready", "true");

        Finished forced = run(program(), "force-reload");

        assertThat(forced.exitCode()).isZero();
        assertThat(forced.out()).startsWith("probe: stopped (pid " + pid + ", ");
        assertThat(pid()).isNotEqualTo(pid);
        assertThat(run(program(), "stop").exitCode()).isZero();
        assertThat(run(program(), "status")).isEqualTo(outcome(3, "not running"));
    }

    @Test
    void runBecomesTheProgramWithTheLockedPidfileAndNothingElse() throws Exception {
        ProcessBuilder builder = processes.builder(program().command("run"));
        builder.environment().put("GREETING", "good morning");
        Process process = builder.redirectInput(Path.of("/dev/null").toFile()).start();
        Processes.await(
                "the program to run",
                () -> new ProcView(process.pid()).arguments().size() == 2);

        ProcView sleep = new ProcView(process.pid());
        assertThat(sleep.arguments()).containsExactly("sleep", "60");
        assertThat(pidfile).hasContent(Long.toString(process.pid()));
        assertThat(sleep.status("SigBlk")).as("blocked").isEqualTo(NO_SIGNAL);
        long ignored = Long.parseUnsignedLong(sleep.status("SigIgn"), 16);
        assertThat(ignored & KNOWN_SIGNALS).as("ignored").isZero();
        assertThat(sleep.environment()).contains("GREETING=good morning");
        TreeMap<Integer, String> descriptors = sleep.descriptorsOnceLoaded();
        int lock = descriptors.lastKey();
        assertThat(descriptors)
                .containsOnlyKeys(0, 1, 2, lock)
                .containsEntry(lock, pidfile.toRealPath().toString());
        assertThat(sleep.hasLock(lock)).isTrue();

        assertThat(json(run(program(), "status", "--json"), 0))
                .containsEntry("pid", Long.toString(process.pid()))
                .containsEntry("ready", "true");
        assertThat(run(program(), "run")).isEqualTo(complaint(1, "already running (pid " + process.pid() + ")."));
        assertThat(run(program(), "stop").exitCode()).isZero();
        assertThat(process.waitFor()).as("ended by SIGTERM").isEqualTo(128 + 15);
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aProgramThatCannotBeRunIsNoReasonForAPidfile() throws Exception {
        ProcessBuilder builder = processes.builder(program().command("run"));
        builder.environment().put("PATH", directory.toString());

        Finished run = processes.run(builder);

        assertThat(run)
                .isEqualTo(complaint(
                        6,
                        "not started: exec sleep: ENOENT (not in PATH " + directory
                                + "); install it or name its path."));
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void aTaskThatFailsMakesTheStartFail() throws Exception {
        Finished start = run(face().with("broken", ""), "start");

        assertThat(start.exitCode()).isEqualTo(7);
        assertThat(start.out()).isEmpty();
        assertThat(start.err()).startsWith("probe: start failed: java.lang.IllegalStateException: broken on purpose");
        assertThat(run(face(), "status")).isEqualTo(outcome(3, "not running"));
    }

    @Test
    void anInitScriptOfOneLineIsEnough() throws Exception {
        Path script = directory.resolve("service");
        Files.writeString(script, "#!/bin/sh\nexec " + Shell.quoted(face().command()) + " \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));

        Finished start = runInit(script, "start");
        assertThat(start.exitCode()).as(start.err()).isZero();
        long pid = pid();
        processes.own(pid);
        assertThat(new ProcView(pid).workingDirectory()).isEqualTo(Path.of("/"));
        assertThat(runInit(script, "status").exitCode()).isZero();
        assertThat(runInit(script, "restart").exitCode()).isZero();
        processes.own(pid());
        assertThat(pid()).isNotEqualTo(pid);
        assertThat(runInit(script, "nonsense").exitCode()).isEqualTo(2);
        assertThat(runInit(script, "stop").exitCode()).isZero();
        assertThat(runInit(script, "status")).isEqualTo(outcome(3, "not running"));
    }

    @Test
    void theRestartOfAProgramReplacesTheDaemonAndTellsWhatItHasLeft() throws Exception {
        Launcher restart = Launcher.mode("restart")
                .with("pidfile", pidfile)
                .with("stdout", log)
                .with("stderrToStdout", "");
        assertThat(processes.run(restart.command())).isEqualTo(new Finished(0, "restarted " + pid() + "\n", ""));
        long first = pid();

        assertThat(processes.run(restart.command())).isEqualTo(new Finished(0, "restarted " + pid() + "\n", ""));
        long second = pid();
        assertThat(second).isNotEqualTo(first);
        assertThat(processes.marked()).containsExactly(new ProcView(second));

        Path missing = directory.resolve("missing");
        Finished refused = processes.run(restart.with("cwd", missing).command());
        assertThat(refused.exitCode()).isEqualTo(6);
        assertThat(refused.out()).startsWith("probe: not started: workingDirectory " + missing + ": ENOENT");
        assertThat(processes.marked()).as("left alone").containsExactly(new ProcView(second));

        Finished failed = processes.run(
                restart.with("cwd", "/").with("gate", gate).with("timeout", 800).command());
        assertThat(failed.exitCode()).isEqualTo(7);
        assertThat(failed.out())
                .startsWith(
                        "probe: stopped, but not started again, so that none runs now: probe: start failed: not ready");
        assertThat(processes.marked()).isEmpty();
    }

    @Test
    void whoMayNotStopItIsToldSoAndItRunsOn() throws Exception {
        Prefix.assumeRoot();
        run(face(), "start");
        long pid = pid();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

        for (String command : List.of("stop", "restart", "reload")) {
            Finished denied = runAsNobody(command);
            assertThat(denied.exitCode()).as(denied.toString()).isEqualTo(4);
            assertThat(denied.out()).isEmpty();
            assertThat(denied.err()).matches("probe: not (stopped|restarted|reloaded): process " + pid + " .*\\.\n");
        }
        assertThat(runAsNobody("status").out()).startsWith("probe: running (pid " + pid);

        assertThat(new ProcView(pid).isAlive()).isTrue();
        assertThat(pid()).isEqualTo(pid);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        assertThat(runAsNobody("stop").exitCode()).as("cannot even see it").isEqualTo(4);
        assertThat(runAsNobody("status").exitCode()).isEqualTo(4);
        assertThat(new ProcView(pid).isAlive()).isTrue();
    }

    private Launcher face() {
        return Launcher.mode("main")
                .with("pidfile", pidfile)
                .with("stdout", log)
                .with("stderrToStdout", "");
    }

    private Launcher program() {
        return Launcher.mode("main-program").with("pidfile", pidfile);
    }

    /** In the environment of somebody who sits at a terminal that knows colours; only that output goes elsewhere. */
    private Finished run(Launcher launcher, String... words) throws Exception {
        ProcessBuilder builder = processes.builder(launcher.command(words));
        builder.environment().put("TERM", "xterm-256color");
        builder.environment().remove("NO_COLOR");
        return processes.run(builder);
    }

    private Finished runAsNobody(String word) throws Exception {
        return processes.run(Prefix.nobody()
                .before(Launcher.mode("main").with("pidfile", pidfile).command(word)));
    }

    /** As init does it: from the root directory, with hardly any environment. */
    private Finished runInit(Path script, String word) throws Exception {
        ProcessBuilder builder = processes.builder(List.of(script.toString(), word));
        builder.directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("HOME", "/");
        return processes.run(builder);
    }

    /** Starts a command that takes its time. */
    private Process begin(Launcher launcher, String... words) throws IOException {
        Path output = directory.resolve("output" + outputs.size());
        Process process = processes
                .builder(launcher.command(words))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        outputs.put(process, output);
        return process;
    }

    private static int end(Process process) throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends").isTrue();
        return process.exitValue();
    }

    private String output(Process process) throws IOException {
        return Files.readString(outputs.get(process));
    }

    private static void kill(long pid) throws InterruptedException {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Processes.await("the daemon to be gone", () -> !new ProcView(pid).isAlive());
    }

    private void awaitInLog(String text) throws InterruptedException {
        Processes.await(text + " in the log", () -> {
            try {
                return Files.exists(log) && Files.readString(log).contains(text);
            } catch (IOException e) {
                return false;
            }
        });
    }

    private long pid() {
        return ProcView.ofPidfile(pidfile).pid();
    }

    private static Finished outcome(int exitCode, String outcome) {
        return new Finished(exitCode, "probe: " + outcome + "\n", "");
    }

    private static Finished complaint(int exitCode, String complaint) {
        return new Finished(exitCode, "", "probe: " + complaint + "\n");
    }

    /** The members of the object that a command wrote, which is nothing but that. */
    private static Map<String, String> json(Finished finished, int exitCode) {
        Map<String, String> members = new TreeMap<>();
        StringBuilder seen = new StringBuilder();
        Matcher member = MEMBER.matcher(finished.out());
        while (member.find()) {
            members.put(
                    member.group("name"), member.group("text") != null ? member.group("text") : member.group("word"));
            seen.append(member.group());
        }
        assertThat(finished).isEqualTo(new Finished(exitCode, seen + "}\n", ""));
        return members;
    }
}
