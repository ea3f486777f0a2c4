package org.daemonspec.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each class {@code *Fuzz} is given input that Jazzer makes up, guided by the branches that it takes, from a seed: always the same tries.
 * {@code -Ddaemonspec.fuzz.seconds=60} tries that long instead, from a seed of the day's, and prints how far it came.
 */
class FuzzIT {

    private static final int SEED = 2026;
    private static final int TRIES = 10_000;
    private static final String LONGEST_INPUT = "600";

    /** The last line that libFuzzer prints of its progress: tries, edges taken, features seen. */
    private static final Pattern DONE =
            Pattern.compile("#(?<tries>\\d+)\\s+DONE\\s+cov: (?<edges>\\d+) ft: (?<features>\\d+)");

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    static Stream<String> targets() throws IOException {
        Path classes = Path.of("target", "test-classes");
        try (Stream<Path> files = Files.walk(classes)) {
            return files
                    .map(file -> classes.relativize(file).toString())
                    .filter(name -> name.endsWith("Fuzz.class"))
                    .map(name -> name.replace('/', '.').substring(0, name.length() - ".class".length()))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void nothingThatIsMadeUpBreaksIt(String target) throws Exception {
        Path output = directory.resolve("output");
        long seconds = Long.getLong("daemonspec.fuzz.seconds", 0);

        Process process = processes
                .builder(command(target, seconds))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(seconds + 300, TimeUnit.SECONDS)).as("ends").isTrue();

        String said = Files.readString(output);
        assertThat(process.exitValue())
                .as("%s finds nothing, and said:%n%s", target, said)
                .isZero();
        Matcher done = DONE.matcher(said);
        assertThat(done.find()).as(said).isTrue();
        assertThat(Integer.parseInt(done.group("tries"))).isGreaterThanOrEqualTo(seconds == 0 ? TRIES : 1);
        assertThat(Integer.parseInt(done.group("edges")))
                .as("branches that guide it")
                .isPositive();
        if (seconds > 0) {
            System.out.println(target + ": " + done.group("tries") + " tries, " + done.group("edges") + " edges, "
                    + done.group("features") + " features");
        }
    }

    private List<String> command(String target, long seconds) {
        List<String> command = new ArrayList<>(List.of(
                Launcher.java(),
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target,
                "--instrumentation_includes=org.daemonspec.internal.**",
                "--disabled_hooks=*",
                "--reproducer_path=" + directory,
                "-artifact_prefix=" + directory + "/",
                "-max_len=" + LONGEST_INPUT,
                "-print_final_stats=0"));
        command.addAll(
                seconds == 0
                        ? List.of("-seed=" + SEED, "-runs=" + TRIES)
                        : List.of("-seed=" + System.nanoTime() % Integer.MAX_VALUE, "-max_total_time=" + seconds));
        return command;
    }
}
