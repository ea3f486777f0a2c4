package org.daemonspec.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The AOT cache of the HTTP example, which serves its launcher and its daemon.
 *
 * @param file where it is
 */
record TrainedCache(Path file) {

    private static final long PATIENCE_MINUTES = 2;

    /** Has the example make it; empty if it does not know how, or cannot. */
    static Optional<TrainedCache> train(Jvms jvms, int port, Path pidfile, Path file)
            throws IOException, InterruptedException {
        TrainedCache cache = new TrainedCache(file);
        Process training = new ProcessBuilder(jvms.http("train", port, pidfile, Optional.of(cache)))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!training.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            training.destroyForcibly();
        }
        return training.waitFor() == 0 && Files.exists(file) ? Optional.of(cache) : Optional.empty();
    }

    /** By which the launcher uses it, as the example's script has them; the daemon does so by itself. */
    List<String> launcherOptions() {
        int version = Runtime.version().feature();
        if (!Files.exists(file)) {
            return List.of();
        }
        return version >= 24
                ? List.of("-XX:AOTCache=" + file, version >= 25 ? "-Xlog:aot*=off,cds*=off" : "-Xlog:cds*=off")
                : List.of("-XX:SharedArchiveFile=" + file, "-Xlog:cds*=off");
    }
}
