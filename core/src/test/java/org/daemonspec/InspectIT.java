package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.daemonspec.ContextDaemons.Kind;
import org.daemonspec.DaemonInspection.Finding;
import org.daemonspec.DaemonInspection.Verdict;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.daemonspec.support.SystemLogs;
import org.daemonspec.support.WorldReadable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an inspection says of daemons that behave well, and of such as make one mistake on purpose. */
class InspectIT {

    private static final ProcView SELF = new ProcView(ProcessHandle.current().pid());

    /** Of whoever runs the tests, and nothing to do with them. */
    private static final List<String> OF_A_SESSION = List.of(
            "SSH_AUTH_SOCK",
            "SSH_AGENT_PID",
            "SSH_CLIENT",
            "SSH_CONNECTION",
            "SSH_TTY",
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "XAUTHORITY",
            "DBUS_SESSION_BUS_ADDRESS",
            "XDG_RUNTIME_DIR",
            "XDG_SESSION_ID",
            "TMUX",
            "STY",
            "SUDO_COMMAND",
            "ENV",
            "BASH_ENV",
            "CDPATH",
            "LD_PRELOAD",
            "LD_AUDIT");

    @TempDir
    static Path code;

    private static String misbehaving = "";

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;

    @BeforeAll
    static void compile() throws Exception {
        Path source = code.resolve("misbehaving.c");
        try (InputStream text = Objects.requireNonNull(InspectIT.class.getResourceAsStream("misbehaving.c"))) {
            Files.copy(text, source);
        }
        Path program = code.resolve("misbehaving");
        Process compiler = new ProcessBuilder("cc", "-pthread", "-o", program.toString(), source.toString())
                .redirectErrorStream(true)
                .start();
        String complaints = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(compiler.waitFor()).as(complaints).isZero();
        misbehaving = program.toString();
    }

    @BeforeEach
    void name() throws Exception {
        directory = WorldReadable.directory(directory);
        pidfile = directory.resolve("probe.pid");
    }

    // Ours

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "stdout=LOG stderrToStdout umask=027",
                "cwd=/tmp",
                "clean noNewPrivileges",
                "jvmOption=-XX:+UseSerialGC"
            })
    void aTaskPassesEverything(String words) throws Exception {
        start(Launcher.mode("detach")
                .with(settings(words))
                .with("pidfile", pidfile)
                .command());

        DaemonInspection inspection = DaemonControl.of(pidfile).inspect();

        assertPasses(inspection);
        assertThat(named(inspection, Verdict.PASS))
                .contains("running", "thread-signal-masks", "session-leader", "pidfile-lock", "readiness");
        assertThat(inspection.pid()).hasValue(ProcView.ofPidfile(pidfile).pid());
        assertThat(inspection.pidfile()).contains(pidfile);
        assertThat(inspection.toString())
                .contains("\n  pass  umask                 /proc/")
                .endsWith(" pass, 0 fail, "
                        + named(inspection, Verdict.NOT_APPLICABLE).size() + " not applicable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "nice=5", "noNewPrivileges"})
    void aProgramPassesEverything(String words) throws Exception {
        ContextDaemons daemons = new ContextDaemons(processes, pidfile, System.getProperty("java.class.path"));
        List<String> cleaned = new ArrayList<>(List.of("clean"));
        settings(words).stream().filter(word -> !word.startsWith("unset")).forEach(cleaned::add);

        ProcView daemon = daemons.start(Kind.PROGRAM, cleaned.toArray(String[]::new));

        assertPasses(DaemonInspection.ofPidfile(pidfile));
        assertThat(DaemonInspection.ofProcess(daemon.pid()).pidfile())
                .as("found by its lock")
                .contains(pidfile);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TASK", "PROGRAM"})
    void whoHasBecomeSomebodyElsePassesEverything(Kind kind, @TempDir Path classes) throws Exception {
        onlyRoot();
        ContextDaemons daemons =
                new ContextDaemons(processes, pidfile, WorldReadable.classPath(WorldReadable.directory(classes)));

        ProcView daemon = daemons.start(kind, "user=nobody", "clean");

        DaemonInspection inspection = DaemonInspection.ofProcess(daemon.pid());
        assertPasses(inspection);
        assertThat(named(inspection, Verdict.PASS)).contains("privileges", "thread-identities", "pidfile-owner");
        assertThat(finding(inspection, "privileges").evidence())
                .contains("65534")
                .endsWith(", with no capability");
    }

    @Test
    void whoseOutputGoesToTheSystemLogPassesEverything() throws Exception {
        onlyRoot();
        SystemLogs syslog = SystemLogs.syslog(
                processes, Files.createDirectory(directory.resolve("dev")), directory.resolve("messages"));
        start(syslog.inside(Launcher.mode("detach")
                .with("syslog", "daemon")
                .with("pidfile", pidfile)
                .command()));

        DaemonInspection inspection = DaemonInspection.ofPidfile(pidfile);

        assertPasses(inspection);
        assertThat(finding(inspection, "stdout").evidence()).contains(" -> pipe:[", " reads");
        syslog.end();
    }

    @Test
    void whoListensPassesEverything() throws Exception {
        Finished started = processes.run(builder(ListenProgram.command(
                System.getProperty("java.class.path"),
                List.of("pidfile=" + pidfile, "listen=tcp@127.0.0.1:0", "listen=unix@" + directory.resolve("sock")),
                "start")));
        assertThat(started.exitCode()).as(started.err()).isZero();

        assertPasses(DaemonInspection.ofPidfile(pidfile));
    }

    // Theirs

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "signalfd", "posix-lock"})
    void aForeignDaemonThatTakesAllStepsPassesEverything(String what) throws Exception {
        DaemonInspection inspection = inspectionOf(what);

        assertPasses(inspection);
        assertThat(named(inspection, Verdict.NOT_APPLICABLE))
                .containsExactlyInAnyOrderElementsOf(
                        isRoot()
                                ? List.of("thread-signal-masks", "log-flags", "privileges", "readiness", "launcher")
                                : List.of("thread-signal-masks", "log-flags", "readiness", "launcher"));
    }

    @ParameterizedTest
    @CsvSource({
        "terminal-descriptors, -> /dev/pts/",
        "pipes, whose other end nobody has",
        "files, -> /dev/null, a copy of fd 0",
        "ignored-signals, SigIgn is SIGHUP",
        "signal-mask, is SIGUSR1",
        "session-leader, which it leads itself",
        "intermediates, a zombie in its session",
        "zombies, 1 of its children is a zombie",
        "stdin, 0 is closed",
        "stdout, which nobody reads",
        "stderr, 2 is closed",
        "log-flags, without O_APPEND",
        "umask, Umask is 0777",
        "working-directory, which is removed",
        "pidfile-content, : '1'",
        "pidfile-lock, nobody holds a lock on",
        "pidfile-lock-holders, so does process",
        "pidfile-mode, mode 0666"
    })
    void oneMistakeIsOneFailure(String what, String evidence) throws Exception {
        assertFails(inspectionOf(what), evidence, what);
    }

    @ParameterizedTest
    @CsvSource({
        "pidfile-owner, uid 12345",
        "privileges, so it can become again what it was",
        "thread-identities, 'has Uid [65534, 65534, 65534, 65534]'"
    })
    void oneMistakeOfRootIsOneFailure(String what, String evidence) throws Exception {
        onlyRoot();
        assertFails(inspectionOf(what), evidence, what);
    }

    @Test
    void aVariableOfASessionIsNamedAndItsValueIsNot() throws Exception {
        ProcessBuilder start = builder(List.of(misbehaving, "nothing", pidfile.toString()));
        start.environment().put("SSH_AUTH_SOCK", "/tmp/secret");
        start.environment().put("LISTEN_PID", "1");

        DaemonInspection inspection = inspectionOf(start);

        assertFails(inspection, "of which LISTEN_PID, SSH_AUTH_SOCK", "environment");
        assertThat(inspection.toString()).doesNotContain("secret");
    }

    @Test
    void whoseFirstThreadHasEndedIsWhatItsOthersAreAndIsStopped() throws Exception {
        builder(List.of(misbehaving, "first-thread", pidfile.toString())).start();
        Processes.await("the end of its first thread", () -> {
            try {
                ProcView daemon = ProcView.ofPidfile(pidfile);
                return daemon.status("State").startsWith("Z")
                        && daemon.status("Threads").equals("2");
            } catch (RuntimeException | AssertionError notYet) {
                return false;
            }
        });
        ProcessHandle daemon =
                ProcessHandle.of(ProcView.ofPidfile(pidfile).pid()).orElseThrow();
        try {
            DaemonInspection inspection = DaemonInspection.ofPidfile(pidfile);
            assertThat(named(inspection, Verdict.FAIL)).as("%s", inspection).isEmpty();
            assertThat(named(inspection, Verdict.PASS)).contains("stdin", "umask", "working-directory", "pidfile-lock");
            assertThat(DaemonInspection.ofProcess(daemon.pid()).pidfile()).contains(pidfile);

            assertThat(DaemonControl.of(pidfile).stop()).isInstanceOf(StopResult.Stopped.class);
        } finally {
            daemon.destroyForcibly();
        }
    }

    @Test
    void whatAProcessCallsItsFilesIsNoLineOfTheReportAndNothingToATerminal() throws Exception {
        DaemonInspection inspection = inspectionOf("forged-line");

        assertFails(inspection, ".log\uFFFD  pass  forged\uFFFD[31m", "log-flags");
        assertThat(inspection.toString().lines()).noneMatch(line -> line.startsWith("  pass  forged"));
    }

    @Test
    void aParentThatLivesIsNeitherInitNorASubreaper() throws Exception {
        builder(List.of(misbehaving, "parent", pidfile.toString())).start();
        awaitPidfile();

        assertFails(
                DaemonInspection.ofPidfile(pidfile), "its parent is process " + SELF.pid(), "parent", "session-leader");
    }

    @Test
    void aSessionWhoseLeaderLivesIsNotItsOwn() throws Exception {
        builder(List.of("setsid", "sh", "-c", "\"$@\"; sleep 60", "sh", misbehaving, "session", pidfile.toString()))
                .start();
        awaitPidfile();

        assertFails(DaemonInspection.ofPidfile(pidfile), "(sh)", "session", "session-leader");
    }

    @Test
    void aTerminalThatEndsItsSessionIsItsControllingTerminal() throws Exception {
        String command = Shell.quoted(List.of(misbehaving, "session", pidfile.toString())) + "; sleep 60";
        builder(List.of("script", "--quiet", "--command", command, "/dev/null")).start();
        awaitPidfile();

        assertFails(
                DaemonInspection.ofPidfile(pidfile), "tty_nr is ", "controlling-terminal", "session", "session-leader");
    }

    @Test
    void aPipeToAStrangerIsNamedWithTheStranger() throws Exception {
        String script = "\"$0\" nothing \"$1\" 8>&1 >/dev/null | sleep 60";
        builder(List.of("sh", "-c", script, misbehaving, pidfile.toString())).start();
        awaitPidfile();

        assertFails(DaemonInspection.ofPidfile(pidfile), "(sleep) has open, too", "pipes");
    }

    @Test
    void aFileOfWhoStartedItIsOpenByTheSameNumberThere() throws Exception {
        String script = "exec 9>>\"$1.data\"; \"$0\" nothing \"$1\"; sleep 60";
        builder(List.of("sh", "-c", script, misbehaving, pidfile.toString())).start();
        awaitPidfile();

        assertFails(DaemonInspection.ofPidfile(pidfile), "has open by the same number", "files");
    }

    @Test
    void whereItWasStartedIsKeptFromBeingUnmounted() throws Exception {
        Path mounted = Path.of("/dev/shm");
        assumeTrue(
                Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                        .anyMatch(line -> line.contains(" " + mounted + " ")),
                mounted + " is no mount point here");
        ProcessBuilder start = builder(List.of(misbehaving, "where-it-was", pidfile.toString()))
                .directory(mounted.toFile());
        start.environment().put("PWD", mounted.toString());

        assertFails(inspectionOf(start), "below the mount point " + mounted, "working-directory");
    }

    @Test
    void whoIsOutsideOfItsRootIsNotKeptInIt() throws Exception {
        onlyRoot();

        assertFails(inspectionOf("outside-root"), "cwd -> /, outside of its root " + pidfile, "working-directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void namesThatTheLocaleLacksAreFound(String locale) throws Exception {
        Path mounted = Path.of("/dev/shm");
        assumeTrue(
                Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                        .anyMatch(line -> line.contains(" " + mounted + " ")),
                mounted + " is no mount point here");
        Path working = Files.createTempDirectory(mounted, "\u00e4");
        Path named = Files.createDirectory(directory.resolve("\u00e4")).resolve("probe.pid");
        try {
            ProcessBuilder start = builder(List.of(misbehaving, "where-it-was", named.toString()))
                    .directory(working.toFile());
            start.environment().put("PWD", working.toString());
            start.start();
            awaitPidfile(named);
            List<String> command = new ArrayList<>(List.of("env", "LC_ALL=" + locale));
            command.addAll(List.of(
                    Launcher.java(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "org.daemonspec.support.InspectProgram",
                    Files.readString(named).strip()));

            Finished finished = processes.run(command);

            assertThat(finished.out())
                    .as(finished.err())
                    .containsPattern(
                            "FAIL  working-directory .*, below the mount point /dev/shm, and where it was started")
                    .containsPattern("pass  pidfile-content .*, which it holds a lock on as fd ");
        } finally {
            Files.delete(working);
        }
    }

    @Test
    void aPidfileThatWasReplacedIsNotTheOneThatIsLocked() throws Exception {
        inspectionOf("nothing");
        Path other = directory.resolve("other");
        Files.copy(pidfile, other);
        Files.move(other, pidfile, StandardCopyOption.ATOMIC_MOVE);

        assertFails(DaemonInspection.ofPidfile(pidfile), "is not the file at the path now", "pidfile-lock");
    }

    @Test
    void aDirectoryThatOthersMayWriteIsNoPlaceForAPidfile() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertFails(inspectionOf("nothing"), directory + " has mode 0777", "pidfile-directory");
    }

    @Test
    void aThreadThatBlocksWhatAJvmNeedsIsNamed() throws Exception {
        Process jvm = builder(List.of(
                        Launcher.java(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StunnedThread.class.getName()))
                .start();
        assertThat(jvm.inputReader().readLine()).isEqualTo("stunned");

        Finding finding = finding(DaemonInspection.ofProcess(jvm.pid()), "thread-signal-masks");

        assertThat(finding.verdict()).as(finding.evidence()).isEqualTo(Verdict.FAIL);
        assertThat(finding.evidence()).endsWith("(stunned): SIGSEGV");
    }

    // Nobody

    @Test
    void whatDoesNotRunIsOneFinding() throws Exception {
        Process ended = builder(List.of("true")).start();
        ended.waitFor();
        Files.writeString(pidfile, ended.pid() + "\n");

        assertNothing(DaemonInspection.ofProcess(ended.pid()), "there is no such process");
        assertNothing(DaemonInspection.ofPidfile(pidfile), "names process " + ended.pid() + ", which does not run");
        Files.writeString(pidfile, "garbled\n");
        assertNothing(DaemonInspection.ofPidfile(pidfile), "contains no pid but 'garbled'");
        assertNothing(DaemonInspection.ofPidfile(directory), "not a regular file");
        assertNothing(DaemonInspection.ofPidfile(directory.resolve("none")), "there is no pidfile ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DaemonInspection.ofProcess(0))
                .withMessage("inspect 0: a pid is above zero.");
    }

    @Test
    void aThreadIsNoProcess() throws Exception {
        long thread;
        try (var threads = Files.list(Path.of("/proc/self/task"))) {
            thread = threads.mapToLong(task -> Long.parseLong(task.getFileName().toString()))
                    .filter(number -> number != SELF.pid())
                    .findFirst()
                    .orElseThrow();
        }

        DaemonInspection inspection = DaemonInspection.ofProcess(thread);

        assertNothing(inspection, "so it is a thread of process " + SELF.pid());
        assertThat(inspection.findings().getFirst().advice()).contains("inspect process " + SELF.pid() + ".");
    }

    @Test
    void aProcessThatEndsMeanwhileIsWholeOrOneSentence() throws Exception {
        for (int i = 0; i < 60; i++) {
            Process process = builder(List.of("sleep", "0.0" + i % 6)).start();

            DaemonInspection inspection = DaemonInspection.ofProcess(process.pid());

            if (inspection.findings().size() == 1) {
                Finding finding = inspection.findings().getFirst();
                assertThat(finding.property()).isEqualTo("running");
                assertThat(finding.evidence()).containsAnyOf("has ended", "no such process", "it has no memory");
            } else {
                assertThat(inspection.findings()).hasSize(30);
            }
        }
    }

    @Test
    void whatThisUserMayNotSeeIsNotApplicable(@TempDir Path classes) throws Exception {
        onlyRoot();
        inspectionOf("nothing");
        String classPath = WorldReadable.classPath(WorldReadable.directory(classes));

        Finished finished = processes.run(Prefix.nobody()
                .before(List.of(
                        Launcher.java(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath,
                        "org.daemonspec.support.InspectProgram",
                        pidfile.toString())));

        assertThat(finished.exitCode()).as(finished.err()).isZero();
        List<String> denied = finished.out()
                .lines()
                .filter(line -> line.startsWith("  n/a") && line.contains("EACCES (this user may not)"))
                .map(line -> line.substring(8).split(" ", 2)[0])
                .toList();
        assertThat(denied)
                .as(finished.out())
                .contains("pipes", "files", "environment", "stdin", "working-directory", "pidfile-lock");
        assertThat(finished.out())
                .contains("\n  pass  umask", "\n  pass  session-leader", "\n  pass  thread-identities");
        assertThat(finished.out().lines().filter(line -> line.startsWith("  FAIL")))
                .isEmpty();
    }

    @Test
    void deniedNativeAccessIsOneSentenceForAPidToo() throws Exception {
        assumeTrue(Runtime.version().feature() >= 24, "before JEP 472, only a warning");
        Finished denied = processes.run(List.of(
                Launcher.java(),
                "--illegal-native-access=deny",
                "-cp",
                System.getProperty("java.class.path"),
                "org.daemonspec.support.InspectProgram",
                Long.toString(SELF.pid())));

        assertThat(denied.err())
                .startsWith(
                        "Exception in thread \"main\" java.lang.UnsupportedOperationException: This JVM denies native"
                                + " access; add --enable-native-access=ALL-UNNAMED to the java command line.");
    }

    private DaemonInspection inspectionOf(String what) throws Exception {
        return inspectionOf(builder(List.of(misbehaving, what, pidfile.toString())));
    }

    private DaemonInspection inspectionOf(ProcessBuilder start) throws Exception {
        start.redirectErrorStream(true)
                .redirectOutput(directory.resolve("said").toFile())
                .start();
        awaitPidfile();
        return DaemonInspection.ofPidfile(pidfile);
    }

    /** It says by its name that it has nothing more to do. */
    private void awaitPidfile() throws Exception {
        awaitPidfile(pidfile);
    }

    private void awaitPidfile(Path named) throws Exception {
        Processes.await("the daemon to rest", () -> {
            try {
                return Files.exists(named)
                        && processes.marked().stream()
                                .anyMatch(process -> process.line("comm").equals("resting"));
            } catch (IOException changing) {
                return false;
            }
        });
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder =
                processes.builder(command).redirectInput(Path.of("/dev/null").toFile());
        OF_A_SESSION.forEach(builder.environment()::remove);
        return builder;
    }

    private void start(List<String> command) throws Exception {
        assertThat(processes.run(builder(command))).isEqualTo(new Finished(0, "", ""));
        processes.own(ProcView.ofPidfile(pidfile).pid());
    }

    private List<String> settings(String words) {
        List<String> settings = new ArrayList<>();
        for (String word : words.split(" ", -1)) {
            if (!word.equals("plain")) {
                settings.add(word.replace("LOG", directory.resolve("probe.log").toString()));
            }
        }
        return settings;
    }

    private static void assertPasses(DaemonInspection inspection) {
        assertThat(named(inspection, Verdict.FAIL)).as("%s", inspection).isEmpty();
        assertThat(inspection.passes()).isTrue();
        assertThat(inspection.findings()).hasSize(30);
    }

    /** Each of the properties, in any order, and no other; the first of them with the evidence. */
    private static void assertFails(DaemonInspection inspection, String evidence, String... properties) {
        assertThat(named(inspection, Verdict.FAIL)).as("%s", inspection).containsExactlyInAnyOrder(properties);
        assertThat(inspection.passes()).isFalse();
        Finding finding = finding(inspection, properties[0]);
        assertThat(finding.evidence()).contains(evidence);
        assertThat(finding.advice().orElseThrow()).endsWith(".");
    }

    private static void assertNothing(DaemonInspection inspection, String evidence) {
        assertThat(inspection.findings()).hasSize(1);
        assertFails(inspection, evidence, "running");
    }

    private static Finding finding(DaemonInspection inspection, String property) {
        return inspection.findings().stream()
                .filter(finding -> finding.property().equals(property))
                .findFirst()
                .orElseThrow(() -> new AssertionError(inspection.toString()));
    }

    private static Set<String> named(DaemonInspection inspection, Verdict verdict) {
        return inspection.findings().stream()
                .filter(finding -> finding.verdict() == verdict)
                .map(Finding::property)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isRoot() {
        return SELF.status("Uid").startsWith("0\t");
    }

    private static void onlyRoot() {
        assumeTrue(isRoot(), "only root may be anybody else");
    }
}
