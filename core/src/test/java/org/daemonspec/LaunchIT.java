package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class LaunchIT {

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    @Test
    void launchReturnsAHandleAndTheProgramGoesOn() throws Exception {
        Path pidfile = directory.resolve("probe.pid");
        Path gate = directory.resolve("gate");
        Path output = directory.resolve("output");
        Process program = processes
                .builder(Launcher.mode("launch")
                        .with("pidfile", pidfile)
                        .with("gate", gate)
                        .command())
                .redirectOutput(output.toFile())
                .start();
        Processes.await("launch to return", () -> Files.exists(output) && size(output) > 0);

        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertThat(program.isAlive()).isTrue();
        assertThat(output).hasContent("launched " + daemon.pid() + " true");
        assertThat(daemon.parent())
                .as("nobody's child, while the program still runs")
                .isNotEqualTo(program.pid());
        assertThat(new ProcView(daemon.session()).isAlive())
                .as("intermediate process")
                .isFalse();
        assertThat(processes.marked()).containsExactlyInAnyOrder(daemon, new ProcView(program.pid()));

        Files.createFile(gate);
        assertThat(program.waitFor()).isZero();
        assertThat(daemon.isAlive()).isTrue();
    }

    @Test
    void launchThrowsWhatDetachPrints() throws Exception {
        Path pidfile = directory.resolve("probe.pid");
        List<String> command = Launcher.mode("launch").with("pidfile", pidfile).command();
        assertThat(processes.run(command).exitCode()).isZero();

        Finished second = processes.run(command);

        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.err())
                .contains("org.daemonspec.AlreadyRunningException: probe: already running (pid "
                        + ProcView.ofPidfile(pidfile).pid() + ")");
    }

    private static long size(Path file) {
        return file.toFile().length();
    }
}
