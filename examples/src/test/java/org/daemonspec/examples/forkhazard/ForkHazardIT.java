package org.daemonspec.examples.forkhazard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class ForkHazardIT {

    private static final String MARK = "DAEMONSPEC_TEST_MARK";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String mark = UUID.randomUUID().toString();

    @TempDir
    private Path folder;

    @AfterEach
    void endWhatIsLeft() throws Exception {
        marked().forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void theChainNeverHangsAndNoHungChildIsLeft() throws Exception {
        Process program = start("--rounds", "40", "--timeout", "1");

        assertThat(program.waitFor()).as(output()).isZero();
        assertThat(output()).containsPattern("fork\\(\\), then Java .* \\d+ \\(\\d+\\.\\d %\\)\n");
        assertThat(output()).containsPattern("native call chain, DaemonSpec.exec +40 +0 +0 \\(0\\.0 %\\)\n");
        assertThat(marked()).isEmpty();
    }

    @Test
    void interruptedItLeavesNoChild() throws Exception {
        Process program = start("--rounds", "10000", "--timeout", "600");
        await(() -> marked().size() > 6);

        new ProcessBuilder("kill", "-INT", Long.toString(program.pid())).start().waitFor();

        assertThat(program.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        await(() -> marked().isEmpty());
    }

    @Test
    void killedItLeavesNoChild() throws Exception {
        Process program = start("--rounds", "10000", "--timeout", "600");
        await(() -> marked().size() > 6);

        program.destroyForcibly();

        await(() -> marked().isEmpty());
    }

    @Test
    void whenTheMeasuringJvmIsKilledItsChildrenAreFound() throws Exception {
        Process program = start("--rounds", "10000", "--timeout", "600");
        await(() -> marked().size() > 6);

        program.children().forEach(ProcessHandle::destroyForcibly);

        assertThat(program.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue()).isEqualTo(1);
        await(() -> marked().isEmpty());
    }

    @Test
    void anUnknownOptionIsAUsageError() throws Exception {
        assertThat(start("--turns", "3").waitFor()).isEqualTo(2);
        assertThat(output()).contains("unknown option --turns").contains("usage: fork-hazard");
    }

    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ForkHazard.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put(MARK, mark);
        return builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("out"));
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("not within %s", PATIENCE).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    /** The program and everything that came of it; a zombie has no environment any more. */
    private List<ProcessHandle> marked() throws IOException {
        List<ProcessHandle> marked = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                ProcessHandle.of(Long.parseLong(entry.getFileName().toString()))
                        .filter(process -> hasMark(entry))
                        .ifPresent(marked::add);
            }
        }
        return marked;
    }

    private boolean hasMark(Path entry) {
        try {
            return new String(Files.readAllBytes(entry.resolve("environ")), StandardCharsets.ISO_8859_1)
                    .contains(MARK + "=" + mark);
        } catch (IOException goneOrNotOurs) {
            return false;
        }
    }
}
