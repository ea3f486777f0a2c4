package org.daemonspec.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daemonspec.support.CProgram;

/** The library that makes a call fail, {@code src/test/c/faults.c}, and the file by which it is told which. */
final class Shim {

    private static final int KEY = 16;
    private static final int KEY_SIZE = 56;
    private static final int MOST_KEYS = 512;
    private static final int CONTROL_SIZE = KEY + KEY_SIZE + MOST_KEYS * (KEY_SIZE + 2 * Integer.BYTES);
    private static final int FIRED = 2;

    private final Path library;
    private final Path control;
    private final Path log;
    private final Path watched;

    /**
     * Compiles it.
     *
     * @param folder where its own files are
     * @param watched where files belong to daemonspec, whoever opens them; so does {@code /proc}
     */
    Shim(Path folder, Path watched) throws Exception {
        this.library = folder.resolve("faults.so");
        this.control = folder.resolve("control");
        this.log = folder.resolve("calls");
        this.watched = watched;
        CProgram.compile("faults", library, "-shared", "-fPIC");
        disarm();
    }

    /** What a process needs in its environment. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAULTS_CONTROL", control.toString(),
                "FAULTS_LOG", log.toString(),
                "FAULTS_PATHS", watched + ":/proc/");
    }

    /** The same to hide symbols of libc, and nothing else. */
    Map<String, String> hiding(List<String> symbols) {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAULTS_LOG", log.toString(),
                "FAULTS_HIDE", String.join(":", symbols));
    }

    /** Counts anew, and has nothing fail. */
    void disarm() throws IOException {
        write(ByteBuffer.allocate(CONTROL_SIZE));
        Files.deleteIfExists(log);
    }

    /** Counts anew, and has one call fail once. */
    void arm(Call call, int error) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(CONTROL_SIZE).order(ByteOrder.nativeOrder());
        content.putInt(1)
                .putInt(error)
                .putInt(call.number())
                .putInt(0)
                .put(call.key().getBytes(ISO_8859_1));
        write(content.position(0));
        Files.deleteIfExists(log);
    }

    /** Into the same file: processes have mapped it. */
    private void write(ByteBuffer content) throws IOException {
        try (FileChannel file = FileChannel.open(control, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(file.write(content, 0)).isEqualTo(CONTROL_SIZE);
        }
    }

    /** Whether the call was made, and failed. */
    boolean hasFired() throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(control))
                        .order(ByteOrder.nativeOrder())
                        .getInt()
                == FIRED;
    }

    /** The calls since it was armed or disarmed, but not the one that failed. */
    List<Call> calls() throws IOException {
        return Files.exists(log)
                ? Files.readAllLines(log, ISO_8859_1).stream()
                        .map(Call::of)
                        .flatMap(Optional::stream)
                        .toList()
                : List.of();
    }
}
