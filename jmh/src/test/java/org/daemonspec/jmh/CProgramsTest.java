package org.daemonspec.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.DoubleStream;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The floor has to do the work that it is the floor of. */
class CProgramsTest {

    @RegisterExtension
    private final Processes processes = new Processes();

    @TempDir
    private Path directory;

    @BeforeEach
    void needCompiler() {
        assumeTrue(CPrograms.compiler().isPresent(), "there is no C compiler in PATH");
    }

    @Test
    void whatItStartsIsAProperDaemon() throws Exception {
        int pid;
        try (CPrograms programs = CPrograms.compile();
                CProgram floor = programs.floor("spawn", "/bin/sleep", "60")) {
            pid = (int) floor.samples(1)[0];
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
        try (CPrograms programs = CPrograms.compile();
                CProgram floor = programs.floor("spawn", "/bin/sh", "-c", "echo started >>" + log)) {
            floor.samples(3);
            floor.samples(2);
        }
        Processes.await(
                "five lines",
                () -> log.toFile().length() == "started\n".repeat(5).length());
    }

    @Test
    void aPidfileHasItsModeAndItsPid() throws Exception {
        Path pidfile = directory.resolve("floor.pid");
        Files.createFile(pidfile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (CPrograms programs = CPrograms.compile();
                CProgram floor = programs.floor("pidfile", pidfile.toString())) {
            floor.samples(2);
        }
        assertThat(pidfile).content().matches("[1-9][0-9]*\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(pidfile)))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void aFailureIsNotTakenForASpeed() throws Exception {
        try (CPrograms programs = CPrograms.compile();
                CProgram floor = programs.floor("spawn", "/no/such/program")) {
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> floor.samples(1));
        }
    }

    @Test
    void aRunIsTimedUntilItsEndAndItsExitCodeIsLookedAt() throws Exception {
        try (CPrograms programs = CPrograms.compile()) {
            Stopwatch stopwatch = new Stopwatch(programs);
            Stopwatch.Run run = stopwatch.run(3, List.of("/bin/sh", "-c", "sleep 0.2; exit 3"));
            assertThat(run.wall()).isBetween(0.2e9, 20e9);
            assertThat(run.cpu()).isBetween(1.0, 0.2e9);
            assertThat(run.end()).isLessThan((double) System.nanoTime());
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> stopwatch.run(0, List.of("/bin/false")));
        }
    }

    @Test
    void theFirstForkIsSeenAndNoneIsMissed() throws Exception {
        try (CPrograms programs = CPrograms.compile()) {
            Stopwatch stopwatch = new Stopwatch(programs);
            Stopwatch.Fork fork = stopwatch.fork(List.of("/bin/sh", "-c", "sleep 0.2; sleep 0.2; :"));
            assertThat(fork.wall()).isBetween(1.0, 0.2e9);
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> stopwatch.fork(List.of("/bin/true")));
        }
    }

    @Test
    void theEndOfAProcessIsSeenNoSoonerThanItHappens() throws Exception {
        try (CPrograms programs = CPrograms.compile();
                CProgram watch = programs.stopwatch("watch");
                CProgram killer = programs.stopwatch("kill")) {
            Process process = processes.builder(List.of("/bin/sleep", "60")).start();
            watch.ask(process.pid());
            double killed = CProgram.numbers(killer.ask(process.pid()))[0];
            assertThat(CProgram.numbers(watch.answer())[0]).isBetween(killed, killed + 10e9);
        }
    }

    @Test
    void whoContendsGetsTheLockAndWhoTakesOverWaits() throws Exception {
        try (CPrograms programs = CPrograms.compile();
                CProgram contenders =
                        programs.floor("contend", directory.resolve("lock").toString(), "3");
                CProgram takeover =
                        programs.floor("takeover", directory.resolve("taken").toString());
                CProgram killer = programs.stopwatch("kill")) {
            double[] acquired = contenders.samples(50);
            assertThat(acquired).hasSize(3);
            assertThat(DoubleStream.of(acquired).sum()).isPositive();
            Process process = processes.builder(List.of("/bin/sleep", "60")).start();
            takeover.ask(process.pid());
            double killed = CProgram.numbers(killer.ask(process.pid()))[0];
            assertThat(CProgram.numbers(takeover.answer())[0]).isGreaterThan(killed);
            assertThat(directory.resolve("taken")).content().isEqualTo(takeover.pid() + "\n");
        }
    }
}
