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
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples that listen: as daemons on a socket of the launcher's, and in the foreground on one of systemd's. */
class ServersIT {

    private static final Path ACTIVATOR = Path.of("/usr/bin/systemd-socket-activate");
    private static final int REQUESTS = 2000;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Path pidfile;
    private int port;

    @BeforeEach
    void choose() throws IOException {
        pidfile = directory.resolve("example.pid");
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "jetty", "netty"})
    void aDaemonAnswersOnASocketOfTheLaunchers(String example) throws Exception {
        Finished start = processes.run(script(
                example,
                "start",
                "--port",
                "" + port,
                "--log",
                directory.resolve("log").toString()));

        assertThat(start.exitCode()).as(start.err()).isZero();
        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertAnswers(daemon.pid());

        Finished stop = processes.run(script(example, "stop"));
        assertThat(stop.exitCode()).as(stop.err()).isZero();
        try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(free.isBound()).as("the port is free").isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "jetty", "netty"})
    void inTheForegroundItAnswersOnASocketOfSystemds(String example) throws Exception {
        assumeTrue(Files.isExecutable(ACTIVATOR), "there is no systemd here");
        Path errors = directory.resolve("errors");
        List<String> command = new ArrayList<>(
                List.of(ACTIVATOR.toString(), "-E", "DAEMONSPEC_TEST_MARK", "-E", "PATH", "-l", "127.0.0.1:" + port));
        command.addAll(script(example, "run", "--port", "1"));
        Process process = processes
                .builder(command)
                .redirectOutput(directory.resolve("output").toFile())
                .redirectError(errors.toFile())
                .start();
        Processes.await("the socket", () -> {
            try {
                return Files.readString(errors).contains("Listening on ");
            } catch (IOException notYet) {
                return false;
            }
        });

        assertAnswers(process.pid());

        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private void assertAnswers(long pid) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                    .build();
            List<String> answers = IntStream.range(0, REQUESTS)
                    .mapToObj(i -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
                    .toList()
                    .stream()
                    .map(answer -> answer.join().body())
                    .toList();
            assertThat(answers).hasSize(REQUESTS).containsOnly("hello from pid " + pid + "\n");
        }
    }

    private List<String> script(String name, String... words) {
        Path script = Path.of(System.getProperty("basedir", ""), "bin", name).toAbsolutePath();
        List<String> command =
                new ArrayList<>(List.of("env", "JAVA_HOME=" + System.getProperty("java.home"), script.toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("--pidfile", pidfile.toString()));
        return command;
    }
}
