package org.daemonspec.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The AOT cache of the HTTP example.
 *
 * @param launcherOptions by which the launcher uses it; the daemon does so by itself
 */
record TrainedCache(List<String> launcherOptions) {

    private static final long PATIENCE_MINUTES = 2;

    /** Has the example make it; empty if it does not know how, or cannot. */
    static Optional<TrainedCache> train(Jvms jvms, int port, Path pidfile, Path directory)
            throws IOException, InterruptedException {
        Path cache = directory.resolve("http.aot");
        Process training = new ProcessBuilder(jvms.http("train", port, pidfile, List.of("-XX:AOTCache=" + cache)))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!training.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            training.destroyForcibly();
        }
        return training.waitFor() == 0 && Files.exists(cache)
                ? Optional.of(new TrainedCache(List.of("-XX:AOTCache=" + cache)))
                : Optional.empty();
    }
}
