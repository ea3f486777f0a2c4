package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.daemonspec.bindings.Libc;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The native call chain beside every collector: see {@link SpawnUnderLoad}. */
class CallChainStressIT {

    private static final int SPAWNS = 20_000;
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Duration GRACE = Duration.ofSeconds(30);

    @RegisterExtension
    private final Processes processes = new Processes();

    @TempDir
    private Path folder;

    enum Collector {
        SERIAL("-XX:+UseSerialGC"),
        PARALLEL("-XX:+UseParallelGC"),
        G1("-XX:+UseG1GC"),
        Z("-XX:+UseZGC"),
        SHENANDOAH("-XX:+UseShenandoahGC");

        private final String option;

        Collector(String option) {
            this.option = option;
        }

        boolean isInThisJvm() throws Exception {
            return new ProcessBuilder(Launcher.java(), option, "-version")
                            .redirectErrorStream(true)
                            .redirectOutput(new File("/dev/null"))
                            .start()
                            .waitFor()
                    == 0;
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLostHungOrLeft(Collector collector) throws Exception {
        assumeTrue(collector.isInThisJvm(), "this JVM does not take " + collector.option);
        Path out = folder.resolve("out");

        Process process = processes
                .builder(List.of(
                        Launcher.java(),
                        collector.option,
                        "-Xmx64m",
                        "-XX:ErrorFile=" + folder.resolve("hs_err.log"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SpawnUnderLoad.class.getName(),
                        folder.resolve("bytes").toString(),
                        Integer.toString(SPAWNS),
                        Long.toString(LIMIT.toSeconds())))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        boolean ended = process.waitFor(LIMIT.plus(GRACE).toSeconds(), TimeUnit.SECONDS);
        if (!ended) {
            dumpThreads(process);
        }

        System.out.println(collector + ": " + Files.readString(out).strip());
        assertThat(ended).as("ended: %s", Files.readString(out)).isTrue();
        assertThat(process.exitValue()).as("exit code: %s", report(out)).isZero();
        assertThat(processes.marked()).isEmpty();
    }

    private String report(Path out) throws Exception {
        Path crash = folder.resolve("hs_err.log");
        return Files.readString(out) + (Files.exists(crash) ? Files.readString(crash) : "");
    }

    /** SIGQUIT makes a JVM write its threads' stacks to its stdout. */
    private static void dumpThreads(Process process) throws Exception {
        try (Posix posix = Posix.open()) {
            posix.signal(process.pid(), Libc.SIGQUIT());
        }
        process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS);
        process.destroyForcibly();
    }
}
