package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A C program that includes the header which the bindings were generated from, and prints what C has to say. */
final class CProbe {

    /** The oldest glibc whose headers have everything that libc.h of the bindings asks for. */
    private static final int OLDEST_MINOR_VERSION = 36;

    private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");

    private final Path folder;

    CProbe(Path folder) {
        this.folder = folder;
    }

    /**
     * Compiles and runs {@code declarations} and a {@code main} of {@code statements}; what it printed, line by line.
     */
    List<String> run(String declarations, String statements) throws Exception {
        assumeTrue(
                GlibcVersion.minor() >= OLDEST_MINOR_VERSION,
                "the bindings were generated from glibc 2." + OLDEST_MINOR_VERSION + ", this machine's is older");
        Path source = folder.resolve("probe.c");
        Files.writeString(source, """
            #include "%s"
            #include <stdio.h>
            %s
            int main(void) {
            %s
            return 0;
            }
            """.formatted(GeneratedBindings.header(), declarations, statements));
        Path program = folder.resolve("probe");
        compile(source, program);
        return output(List.of(program.toString())).lines().toList();
    }

    private static void compile(Path source, Path program) throws Exception {
        Optional<String> compiler =
                COMPILERS.stream().filter(CProbe::isOnThePath).findFirst();
        assumeTrue(compiler.isPresent(), "there is no C compiler: none of " + COMPILERS);
        output(List.of(compiler.get(), "-std=gnu11", "-o", program.toString(), source.toString()));
    }

    private static boolean isOnThePath(String program) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    private static String output(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("exit code of %s, which said%n%s", command, output)
                .isZero();
        return output;
    }
}
