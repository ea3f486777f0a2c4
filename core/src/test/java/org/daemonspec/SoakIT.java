package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.daemonspec.ContextDaemons.Kind;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What one start leaves behind, however little, shows after many: see {@link SoakProgram}, and for spawns alone, {@code CallChainStressIT}. As
 * many cycles as the system properties {@code daemonspec.soak} and, for daemons with a JVM of their own, {@code daemonspec.soak.tasks} say.
 */
class SoakIT {

    private static final int CYCLES = Integer.getInteger("daemonspec.soak", 400);
    private static final int CYCLES_OF_TASKS = Integer.getInteger("daemonspec.soak.tasks", 30);
    private static final int MOST_MINUTES = 60;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void descriptorsThreadsZombiesAndMemoryStayAsTheyWere(Kind kind) throws Exception {
        Path out = directory.resolve("out");
        Path pidfiles = Files.createDirectory(directory.resolve("pidfiles"));
        // The whole heap is resident from the beginning: what grows is something else.
        Process process = processes
                .builder(List.of(
                        Launcher.java(),
                        "-Xms64m",
                        "-Xmx64m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SoakProgram.class.getName(),
                        pidfiles.toString(),
                        Integer.toString(kind == Kind.TASK ? CYCLES_OF_TASKS : CYCLES),
                        kind.name()))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();

        assertThat(process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)).isTrue();
        System.out.println("SoakIT " + kind + ": " + Files.readString(out).strip());
        assertThat(process.exitValue()).as(Files.readString(out)).isZero();
        assertThat(processes.marked()).isEmpty();
        try (Stream<Path> left = Files.list(pidfiles)) {
            assertThat(left).isEmpty();
        }
    }
}
