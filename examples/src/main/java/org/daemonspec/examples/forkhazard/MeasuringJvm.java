package org.daemonspec.examples.forkhazard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A JVM that measures one way to start a program, and leaves nothing behind, however it ends: its copies carry its mark
 * in their environment, by which they are found.
 */
final class MeasuringJvm {

    private static final String MARK = "DAEMONSPEC_FORK_HAZARD";
    private static final Duration START_AND_END = Duration.ofSeconds(60);
    private static final Duration TO_CLEAN_UP = Duration.ofSeconds(5);

    private final String mark = UUID.randomUUID().toString();
    private final Process process;

    private MeasuringJvm(Class<?> main, Settings settings) throws IOException {
        List<String> java = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx64m",
                "-XX:-UsePerfData", // a file that parent and child would share
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=/dev/null",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName());
        ProcessBuilder builder = new ProcessBuilder(
                Stream.concat(java.stream(), settings.toArguments().stream()).toList());
        builder.environment().put(MARK, mark);
        this.process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** Runs a main class that calls {@link #endWithParent} and {@link #report}. */
    static Tally measure(Class<?> main, Settings settings) {
        try {
            MeasuringJvm jvm = new MeasuringJvm(main, settings);
            Thread cleaner = new Thread(jvm::end);
            Runtime.getRuntime().addShutdownHook(cleaner);
            try {
                return jvm.tally(settings);
            } finally {
                jvm.end();
                Runtime.getRuntime().removeShutdownHook(cleaner);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In the measuring JVM: ends it when the one that started it is no more, which closes our stdin. */
    static void endWithParent() {
        Thread.ofPlatform().daemon().name("parent").start(() -> {
            try {
                System.in.transferTo(java.io.OutputStream.nullOutputStream());
            } catch (IOException e) {
                System.err.println(e);
            }
            System.exit(1);
        });
    }

    /** In the measuring JVM: the result. */
    static void report(Tally tally) {
        System.out.println(tally.toLine());
        System.exit(0);
    }

    private Tally tally(Settings settings) throws IOException {
        Duration limit = settings.timeout().multipliedBy(settings.rounds()).plus(START_AND_END);
        Thread.ofPlatform().daemon().name("limit").start(() -> endAfter(limit));
        String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        if (line.isEmpty()) {
            throw new IllegalStateException("the measuring JVM ended without a result");
        }
        return Tally.parse(line);
    }

    /** Also when it has ended early: children that hang keep its stdout open, and us reading. */
    private void endAfter(Duration limit) {
        hasEndedAfter(limit);
        end();
    }

    private boolean hasEndedAfter(Duration limit) {
        try {
            return process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Asks it to end, which includes its children; then ends what is left. Repeating it does no harm. */
    private void end() {
        process.destroy();
        if (!hasEndedAfter(TO_CLEAN_UP)) {
            process.destroyForcibly();
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                // The handle first: it knows when the process began, and will not end another with the same pid.
                ProcessHandle.of(Long.parseLong(entry.getFileName().toString()))
                        .filter(handle -> hasMark(entry))
                        .ifPresent(ProcessHandle::destroyForcibly);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
