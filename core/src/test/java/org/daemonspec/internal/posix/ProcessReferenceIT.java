package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.daemonspec.support.CProgram;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Below a filter that knows pidfd_open(2) and not pidfd_send_signal(2). */
class ProcessReferenceIT {

    @TempDir
    static Path programs;

    @RegisterExtension
    final Processes processes = new Processes();

    @BeforeAll
    static void compile() throws Exception {
        CProgram.compile("without", programs.resolve("without"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"EPERM", "ENOSYS"})
    void aProcessThatLivesIsReachedByItsNumber(String errno) throws Exception {
        Process target = processes.builder(List.of("sleep", "600")).start();
        Process program = program(errno, target.pid());

        assertThat(signal(program)).isEqualTo("true");

        assertThat(target.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(target.exitValue()).isEqualTo(128 + 15);
    }

    /** Nobody waits for it, so that its number is still its own, and a signal to that would seem to arrive. */
    @ParameterizedTest
    @ValueSource(strings = {"EPERM", "ENOSYS"})
    void aProcessThatHasEndedIsNotTakenForOneThatHasItsNumber(String errno) throws Exception {
        Process parent = processes
                .builder(List.of("sh", "-c", "sleep 600 & echo $!; exec sleep 601"))
                .start();
        long pid;
        try (BufferedReader out = parent.inputReader(StandardCharsets.US_ASCII)) {
            pid = Long.parseLong(out.readLine());
        }
        ProcView target = new ProcView(pid);
        Processes.await(
                "the shell to be sleep(1)",
                () -> new ProcView(parent.pid()).arguments().contains("601"));
        Process program = program(errno, pid);
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Processes.await("its end", () -> target.status("State").startsWith("Z"));

        assertThat(signal(program)).isEqualTo("false");
    }

    private Process program(String errno, long pid) throws Exception {
        Process program = processes
                .builder(Prefix.of(programs.resolve("without").toString(), errno, "pidfd_send_signal")
                        .before(List.of(
                                Launcher.java(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                SignalProgram.class.getName(),
                                Long.toString(pid))))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(program.inputReader(StandardCharsets.US_ASCII).readLine()).isEqualTo("opened");
        return program;
    }

    private static String signal(Process program) throws Exception {
        program.outputWriter(StandardCharsets.US_ASCII).append('\n').close();
        return program.inputReader(StandardCharsets.US_ASCII).readLine();
    }
}
