package org.daemonspec.examples.supervisors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documentation shows the files that the tests run, word for word. */
class DocumentationTest {

    private static final Path MODULE =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath();

    @Test
    void everyFileIsShownAsItIs() throws Exception {
        String documentation = Files.readString(MODULE.resolveSibling("docs/supervisors.md"));
        Path directory = MODULE.resolve("supervisors");
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        assertThat(files).isNotEmpty();

        for (Path file : files) {
            assertThat(documentation)
                    .as("%s", file)
                    .contains("[`" + directory.relativize(file) + "`](../examples/supervisors/"
                            + directory.relativize(file) + ")")
                    .contains("\n```\n" + Files.readString(file) + "```\n");
        }
    }
}
