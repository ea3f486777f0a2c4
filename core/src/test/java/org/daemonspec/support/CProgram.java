package org.daemonspec.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What tests have in C, in {@code src/test/c}, compiled when it is needed. */
public final class CProgram {

    private static final Path SOURCES = Path.of("src/test/c").toAbsolutePath();

    private CProgram() {}

    /**
     * Compiles a source.
     *
     * @param name of the source, without its end
     * @param result where the program or library is to be
     * @param options of the C compiler, such as {@code -shared -fPIC}
     */
    public static void compile(String name, Path result, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("cc", "-std=gnu11", "-O1"));
        command.addAll(Arrays.asList(options));
        command.addAll(
                List.of("-o", result.toString(), SOURCES.resolve(name + ".c").toString(), "-ldl"));
        Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(compiler.waitFor()).as("cc said: " + output).isZero();
    }
}
