package org.daemonspec.jmh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * A JVM that makes one native call, started with the options that a launcher has: what no launcher in Java can be quicker than.
 *
 * @param jar with {@link NativeProgram} in it
 * @param cache the AOT cache that the JDK makes of that; empty before JDK 25
 */
record OneCall(Path jar, Optional<Path> cache) {

    /** The JDK from which on a JVM makes its cache when it ends. */
    private static final int FIRST_WITH_CACHE_IN_ONE_STEP = 25;

    private static final long PATIENCE_MINUTES = 1;

    /** Makes both in a directory. */
    static OneCall make(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path jar = directory.resolve("one-call.jar");
        String entry = NativeProgram.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                InputStream code = Objects.requireNonNull(NativeProgram.class.getResourceAsStream("/" + entry))) {
            out.putNextEntry(new JarEntry(entry));
            code.transferTo(out);
            out.closeEntry();
        }
        OneCall plain = new OneCall(jar, Optional.empty());
        return Runtime.version().feature() < FIRST_WITH_CACHE_IN_ONE_STEP
                ? plain
                : new OneCall(jar, plain.train(directory.resolve("one-call.aot")));
    }

    private Optional<Path> train(Path file) throws IOException, InterruptedException {
        Process training = new ProcessBuilder(command(List.of("-XX:AOTCacheOutput=" + file)))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!training.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            training.destroyForcibly();
        }
        return training.waitFor() == 0 && Files.exists(file) ? Optional.of(file) : Optional.empty();
    }

    /** The command, without its cache. */
    List<String> command() {
        return command(Jvms.LAUNCHER_OPTIONS);
    }

    /** Makes the call, waits for a line, and leaves as a command does: see {@link NativeProgram}. */
    CProgram halting() throws IOException {
        List<String> command = new ArrayList<>(command());
        command.add(NativeProgram.HALT);
        return new CProgram(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The command with its cache; empty if there is none. */
    Optional<List<String>> cachedCommand() {
        return cache.map(file -> {
            List<String> options = new ArrayList<>(Jvms.LAUNCHER_OPTIONS);
            options.add("-XX:AOTCache=" + file);
            return command(options);
        });
    }

    private List<String> command(List<String> options) {
        List<String> command = new ArrayList<>(List.of(Jvms.java(), Jvms.NATIVE_ACCESS));
        command.addAll(options);
        command.addAll(List.of("-cp", jar.toString(), NativeProgram.class.getName()));
        return command;
    }
}
