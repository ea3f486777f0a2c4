package org.daemonspec.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Each example by its script, as a newcomer runs it. */
class ExamplesIT {

    private static final int ALREADY_RUNNING = 1;
    private static final int USAGE = 2;
    private static final int STATUS_DEAD = 1;
    private static final int STATUS_NOT_RUNNING = 3;
    private static final int START_FAILED = 7;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private Path log;

    @BeforeEach
    void nameFiles() {
        pidfile = directory.resolve("example.pid");
        log = directory.resolve("example.log");
    }

    @Test
    void httpIsADaemonThatAnswersWhenStartReturns() throws Exception {
        int port = freePort();
        assertThat(http("status", port)).isEqualTo(new Finished(STATUS_NOT_RUNNING, "http: not running\n", ""));

        Finished start = http("start", port, "--umask", "027");

        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertStarted(start, "http", daemon);
        assertThat(get(port)).isEqualTo("hello from pid " + daemon.pid() + "\n");
        assertProperDaemon(daemon);
        assertThat(daemon.status("Umask")).isEqualTo("0027");
        assertThat(daemon.descriptors())
                .containsEntry(1, log.toRealPath().toString())
                .containsEntry(2, log.toRealPath().toString());
        assertThat(Files.readString(log)).contains("GET /");
        assertThat(http("status", port).out()).startsWith("http: running (pid " + daemon.pid() + ", since 2");
        assertThat(http("status", port, "--json").out()).contains("\"pid\":" + daemon.pid() + ",", "\"ready\":true");
        assertThat(http("start", port))
                .isEqualTo(new Finished(ALREADY_RUNNING, "", "http: already running (pid " + daemon.pid() + ").\n"));

        Finished stop = http("stop", port);
        assertThat(stop.exitCode()).isZero();
        assertThat(stop.out()).startsWith("http: stopped (pid " + daemon.pid() + ", ");
        assertThat(daemon.isAlive()).isFalse();
        assertThat(pidfile).doesNotExist();
        assertThat(http("stop", port)).isEqualTo(new Finished(0, "http: not running\n", ""));
    }

    @Test
    void inspectSaysOfAPidOrAPidfileHowTheDaemonBehaves() throws Exception {
        assertThat(http("start", freePort()).exitCode()).isZero();
        long pid = ProcView.ofPidfile(pidfile).pid();

        Finished both = processes.run(script("inspect", pidfile.toString(), Long.toString(pid)));

        assertThat(both.out())
                .contains(pidfile + ":\n  pass  running ", pid + ":\n  pass  running ")
                .contains("  pass  session-leader        /proc/" + pid + "/stat: session ")
                .contains(pidfile + ", which it holds a lock on as fd ");
        // whoever runs the tests may have a session's variables, which a daemon inherits unless it is told not to
        assertThat(both.out().lines().filter(line -> line.startsWith("  FAIL")))
                .allMatch(line -> line.contains(" environment "));
        assertThat(both.exitCode()).isEqualTo(both.out().contains("  FAIL") ? 1 : 0);
        Finished none =
                processes.run(script("inspect", directory.resolve("none").toString()));
        assertThat(none.out()).contains("  FAIL  running               there is no pidfile ");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(processes.run(script("inspect")))
                .isEqualTo(new Finished(USAGE, "", "usage: inspect PID|PIDFILE...\n"));
    }

    @Test
    void httpRestartReplacesTheDaemonAndStartsOneWhereThereIsNone() throws Exception {
        int port = freePort();
        assertThat(http("restart", port).exitCode()).isZero();
        ProcView first = ProcView.ofPidfile(pidfile);

        assertThat(http("restart", port).exitCode()).isZero();

        ProcView second = ProcView.ofPidfile(pidfile);
        assertThat(second).isNotEqualTo(first);
        assertThat(first.isAlive()).isFalse();
        assertThat(get(port)).isEqualTo("hello from pid " + second.pid() + "\n");
    }

    @Test
    void httpOnAPortThatIsTakenIsAFailedStartWithThatReason() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Finished start = http("start", taken.getLocalPort());

            assertThat(start.exitCode()).isEqualTo(START_FAILED);
            assertThat(start.err())
                    .contains("start failed: listen 127.0.0.1:" + taken.getLocalPort()
                            + ": EADDRINUSE (Address already in use)");
            assertThat(pidfile).doesNotExist();
            assertThat(processes.marked()).isEmpty();
        }
    }

    @Test
    void httpAfterAKillIsDeadWithAPidfileAndStartsAgain() throws Exception {
        int port = freePort();
        assertThat(http("start", port).exitCode()).isZero();
        ProcView killed = ProcView.ofPidfile(pidfile);
        ProcessHandle.of(killed.pid()).orElseThrow().destroyForcibly();
        Processes.await("its end", () -> !killed.isAlive());

        assertThat(http("status", port).exitCode()).isEqualTo(STATUS_DEAD);
        assertThat(http("start", port).exitCode()).isZero();
        assertThat(ProcView.ofPidfile(pidfile)).isNotEqualTo(killed);
    }

    @Test
    void httpRunStaysInTheForeground() throws Exception {
        int port = freePort();
        Process foreground =
                processes.builder(script("http", "run", "--port", "" + port)).start();
        Processes.await("an answer", () -> answers(port));
        assertThat(get(port)).isEqualTo("hello from pid " + foreground.pid() + "\n");
    }

    @Test
    void aCommandLineThatMakesNoSenseIsExitTwoWithTheUsage() throws Exception {
        for (List<String> words : List.of(
                List.of("http"),
                List.of("http", "fly"),
                List.of("http", "start", "--port"),
                List.of("http", "start", "--port", "x"),
                List.of("ping", "start", "127.0.0.1"),
                List.of("clock", "start", "--port", "1"))) {
            Finished run = processes.run(
                    script(words.getFirst(), words.subList(1, words.size()).toArray(String[]::new)));
            assertThat(run.exitCode()).as("%s", words).isEqualTo(USAGE);
            assertThat(run.err()).as("%s", words).contains("usage: " + words.getFirst());
        }
    }

    @Test
    void pingIsTheRealProgramAsADaemon() throws Exception {
        assumeTrue(isInstalled("ping"), "no ping here: install iputils-ping");
        String[] options = {"--host", "127.0.0.1", "--pidfile", pidfile.toString(), "--log", log.toString()};

        Finished start = processes.run(script("ping", words("start", options)));

        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertStarted(start, "ping", daemon);
        assertThat(daemon.arguments()).containsExactly("ping", "--", "127.0.0.1");
        assertProperDaemon(daemon);
        assertThat(daemon.hasLock(3)).isTrue();
        Processes.await("its output", () -> log.toFile().length() > 0);
        assertThat(processes.run(script("ping", words("start", options))).exitCode())
                .isEqualTo(ALREADY_RUNNING);

        assertThat(processes.run(script("ping", words("stop", options))).exitCode())
                .isZero();
        assertThat(daemon.isAlive()).isFalse();
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void clockIsASubclassThatIsADaemon() throws Exception {
        startsRunsAndStops("clock", "T");
    }

    @Test
    void greetIsAFunctionWithItsArgumentsAsADaemon() throws Exception {
        startsRunsAndStops("greet", "hello, Ada Lovelace", "--name", "Ada Lovelace");
    }

    private void startsRunsAndStops(String example, String output, String... more) throws Exception {
        List<String> options = new ArrayList<>(List.of("--pidfile", pidfile.toString(), "--log", log.toString()));
        options.addAll(List.of(more));
        String[] all = options.toArray(String[]::new);

        Finished start = processes.run(script(example, words("start", all)));

        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertStarted(start, example, daemon);
        assertProperDaemon(daemon);
        Processes.await("its output", () -> log.toFile().length() > 0);
        assertThat(Files.readString(log)).contains(output);
        assertThat(processes.run(script(example, words("start", all))).err())
                .contains("already running (pid " + daemon.pid() + ")");
        assertThat(processes.run(script(example, words("stop", all))).exitCode())
                .isZero();
        assertThat(daemon.isAlive()).isFalse();
    }

    private static void assertStarted(Finished start, String example, ProcView daemon) {
        assertThat(start.err()).isEmpty();
        assertThat(start.exitCode()).isZero();
        assertThat(start.out()).matches(example + ": started \\(pid " + daemon.pid() + ", .*\\)\n");
    }

    private static void assertProperDaemon(ProcView daemon) throws IOException {
        assertThat(daemon.session()).isNotEqualTo(daemon.pid());
        assertThat(new ProcView(daemon.session()).isAlive())
                .as("session leader")
                .isFalse();
        assertThat(daemon.terminal()).isZero();
        assertThat(daemon.workingDirectory()).isEqualTo(Path.of("/"));
        assertThat(daemon.status("SigBlk")).isEqualTo("0000000000000000");
        assertThat(daemon.status("SigIgn")).isEqualTo("0000000000000000");
        assertThat(daemon.descriptors().get(0)).isEqualTo("/dev/null");
    }

    private Finished http(String verb, int port, String... more) throws Exception {
        List<String> options =
                new ArrayList<>(List.of("--port", "" + port, "--pidfile", pidfile.toString(), "--log", log.toString()));
        options.addAll(List.of(more));
        return processes.run(script("http", words(verb, options.toArray(String[]::new))));
    }

    private static String[] words(String verb, String... options) {
        List<String> words = new ArrayList<>(List.of(verb));
        words.addAll(List.of(options));
        return words.toArray(String[]::new);
    }

    /** The script, run with this test's JDK. */
    private static List<String> script(String name, String... words) {
        Path script = Path.of(System.getProperty("basedir", ""), "bin", name).toAbsolutePath();
        List<String> command =
                new ArrayList<>(List.of("env", "JAVA_HOME=" + System.getProperty("java.home"), script.toString()));
        command.addAll(List.of(words));
        return command;
    }

    private static boolean isInstalled(String program) {
        for (String directory : System.getenv("PATH").split(":", -1)) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean answers(int port) {
        try {
            return get(port).startsWith("hello");
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String get(int port) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
