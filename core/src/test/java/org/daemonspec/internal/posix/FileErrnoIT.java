package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class FileErrnoIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    @Test
    void anErrorHasItsNameAlsoWhereTheJdkSpeaksGerman() throws Exception {
        Finished made = processes.run(List.of(
                "localedef",
                "-i",
                "de_DE",
                "-f",
                "UTF-8",
                directory.resolve("de_DE.UTF-8").toString()));
        assertThat(made.exitCode()).as("localedef, of locales: %s", made.err()).isZero();
        Path loop = Files.createSymbolicLink(directory.resolve("loop"), directory.resolve("loop"));

        Finished finished = processes.run(List.of(
                "env",
                "LOCPATH=" + directory,
                "LC_ALL=de_DE.UTF-8",
                Launcher.java(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                FileErrnoProgram.class.getName(),
                loop.toString()));

        assertThat(finished.out().lines().toList())
                .as("%s; the German texts are of locales (Debian)", finished)
                .hasSize(2)
                .first()
                .asString()
                .contains("Zu viele Ebenen aus symbolischen Links");
        assertThat(finished.out()).endsWith("\nELOOP (Too many levels of symbolic links)\n");
    }
}
