package org.daemonspec.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The floor has to do the work that it is the floor of. */
class CFloorTest {

    @RegisterExtension
    private final Processes processes = new Processes();

    @TempDir
    private Path directory;

    @BeforeEach
    void needCompiler() {
        assumeTrue(CFloor.compiler().isPresent(), "there is no C compiler in PATH");
    }

    @Test
    void whatItStartsIsAProperDaemon() throws Exception {
        int pid;
        try (CFloor floor = CFloor.start("spawn", "/bin/sleep", "60")) {
            pid = floor.run(1);
            processes.own(pid);
        }

        ProcView daemon = new ProcView(pid);
        assertThat(daemon.arguments()).containsExactly("/bin/sleep", "60");
        assertThat(daemon.session())
                .isNotEqualTo(daemon.pid())
                .isEqualTo(daemon.group())
                .isNotEqualTo(new ProcView(ProcessHandle.current().pid()).session());
        assertThat(daemon.terminal()).isZero();
        assertThat(daemon.workingDirectory()).isEqualTo(Path.of("/"));
        assertThat(daemon.status("Umask")).isEqualTo("0022");
        assertThat(daemon.status("SigBlk")).isEqualTo("0000000000000000");
        assertThat(daemon.status("SigIgn")).isEqualTo("0000000000000000");
        assertThat(daemon.descriptors().toString()).isEqualTo("{0=/dev/null, 1=/dev/null, 2=/dev/null}");
    }

    @Test
    void eachOfABatchIsStarted() throws Exception {
        Path log = directory.resolve("log");
        try (CFloor floor = CFloor.start("spawn", "/bin/sh", "-c", "echo started >>" + log)) {
            floor.run(3);
            floor.run(2);
        }
        Processes.await(
                "five lines",
                () -> log.toFile().length() == "started\n".repeat(5).length());
    }

    @Test
    void aPidfileHasItsModeAndItsPid() throws Exception {
        Path pidfile = directory.resolve("floor.pid");
        Files.createFile(pidfile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (CFloor floor = CFloor.start("pidfile", pidfile.toString())) {
            floor.run(2);
        }
        assertThat(pidfile).content().matches("[1-9][0-9]*\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(pidfile)))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void aFailureIsNotTakenForASpeed() {
        try (CFloor floor = CFloor.start("spawn", "/no/such/program")) {
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> floor.run(1));
        }
    }
}
