package org.daemonspec.examples.supervisors;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this machine has to have installed; {@code .ci/run} installs it. */
final class Programs {

    private Programs() {}

    /** Skips the test where one of these programs is missing, or whoever runs it is not root. */
    static void assumeInstalled(String... names) {
        assumeTrue("root".equals(System.getProperty("user.name")), "namespaces take root here");
        for (String name : names) {
            assumeTrue(
                    Stream.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
                            .anyMatch(directory -> Files.isExecutable(Path.of(directory, name))),
                    "there is no " + name + " here; .ci/run knows the package");
        }
    }
}
