package org.daemonspec.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The script gives the cache that it has trained to both JVMs of a start. */
class AotCacheIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    @Test
    void whatIsTrainedIsUsedAndWhatDoesNotFitIsNotSpokenOf() throws Exception {
        String port = freePort();
        Finished train = http("train", port);
        assertThat(train.exitCode()).isZero(); // stderr may tell of a build
        assertThat(train.out())
                .matches("http: trained " + directory + "/daemonspec/http-\\d+\\.aot \\(\\d+ MB, .*\\)\n");
        Path cache = Path.of(train.out().split(" ", -1)[2]);

        assertThat(http("start", port).exitCode()).isZero();
        ProcView daemon = ProcView.ofPidfile(directory.resolve("http.pid"));
        assertThat(daemon.arguments().stream().filter(("-XX:AOTCache=" + cache)::equals))
                .as("once, as the launcher has it")
                .hasSize(1);
        assertThat(Files.readString(Path.of("/proc", Long.toString(daemon.pid()), "maps")))
                .contains(cache.toString());
        assertThat(http("stop", port).out()).startsWith("http: stopped");

        Files.writeString(cache, "no cache");
        Finished start = http("start", port);
        assertThat(start.err()).isEmpty();
        assertThat(start.out()).startsWith("http: started").hasLineCount(1);
    }

    private Finished http(String verb, String port) throws Exception {
        Path script = Path.of(System.getProperty("basedir", ""), "bin", "http").toAbsolutePath();
        return processes.run(List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                "XDG_CACHE_HOME=" + directory,
                script.toString(),
                verb,
                "--port",
                port,
                "--pidfile",
                directory.resolve("http.pid").toString()));
    }

    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(socket.getLocalPort());
        }
    }
}
