package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.daemonspec.RaceProgram.Answer;
import org.daemonspec.RaceProgram.Outcome;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ConcurrentStartsIT {

    private static final int STARTS = 50;
    private static final int ROUNDS = 200;
    private static final int ROUNDS_OF_THREADS = 30;
    private static final int LAUNCHERS = 8;

    /** The descriptor of the lock in a program that is a daemon. */
    private static final int LOCK = 3;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    @Test
    void ofFiftyThreadsThatStartAtOnceOneStartsAndTheOthersNameIt() throws Exception {
        for (int round = 0; round < ROUNDS_OF_THREADS; round++) {
            Path pidfile = directory.resolve("program" + round + ".pid");
            DaemonSpec spec = DaemonSpec.builder().pidfile(pidfile).build();
            CyclicBarrier barrier = new CyclicBarrier(STARTS);

            List<OptionalLong> refusals = new ArrayList<>();
            List<Long> started = new ArrayList<>();
            for (Object outcome : all(STARTS, () -> {
                barrier.await();
                try {
                    return spec.exec("sleep", "60").pid();
                } catch (AlreadyRunningException e) {
                    return e.pid();
                }
            })) {
                if (outcome instanceof Long pid) {
                    processes.own(pid);
                    started.add(pid);
                } else {
                    refusals.add((OptionalLong) outcome);
                }
            }

            assertThat(started).hasSize(1);
            assertThat(refusals).hasSize(STARTS - 1).containsOnly(OptionalLong.of(started.getFirst()));
            assertThat(pidfile).hasContent(started.getFirst().toString());
            ProcessHandle.of(started.getFirst()).orElseThrow().destroyForcibly();
        }
    }

    @Test
    void ofFiftyProcessesThatStartAtOnceOneStartsAndTheOthersNameIt() throws Exception {
        Path pidfile = directory.resolve("program.pid");
        List<String> daemonCommand = List.of("sleep", "600", "0.0" + System.nanoTime());
        List<Path> gates = gates();
        List<Starter> starters = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            starters.add(Starter.start(processes));
            // so that in the rounds they are equally fast
            starters.getLast().tell("start " + directory.resolve("first" + i + ".pid") + " true");
        }
        for (Starter starter : starters) {
            assertThat(starter.answer().outcome()).isEqualTo(Outcome.STARTED);
        }

        for (int round = 0; round < ROUNDS; round++) {
            if (round % 2 == 0) {
                Files.deleteIfExists(pidfile); // in the other rounds it is stale
            }
            Path gate = gates.get(round);
            for (Starter starter : starters) {
                starter.tell("@" + gate + " start " + pidfile + " " + String.join(" ", daemonCommand));
            }
            List<Answer> answers = new ArrayList<>();
            OutputStream open = Files.newOutputStream(gate);
            for (Starter starter : starters) {
                answers.add(starter.answer());
            }
            open.close();

            assertThat(answers).filteredOn(Answer::outcome, Outcome.STARTED).hasSize(1);
            ProcView daemon = ProcView.ofPidfile(pidfile);
            assertThat(pidfile).hasContent(daemon.pid() + "\n");
            assertThat(answers)
                    .filteredOn(answer -> answer.outcome() != Outcome.STARTED)
                    .hasSize(STARTS - 1)
                    .allSatisfy(answer -> assertThat(answer.brief()).isEqualTo("ALREADY_RUNNING " + daemon.pid()));
            assertThat(answers).extracting(Answer::pid).containsOnly(OptionalLong.of(daemon.pid()));
            assertThat(daemon.hasLock(LOCK)).as("locks the pidfile").isTrue();
            assertThat(daemon.arguments()).isEqualTo(daemonCommand);
            assertThat(running(daemonCommand)).containsExactly(daemon);
            ProcessHandle.of(daemon.pid()).orElseThrow().destroyForcibly();
            Processes.await("the daemon to be gone", () -> !daemon.isAlive());
        }
    }

    @Test
    void ofManyLaunchersThatStartAtOnceOneStartsAndTheOthersNameIt() throws Exception {
        Path pidfile = directory.resolve("probe.pid");
        Files.writeString(pidfile, "1\n");
        List<String> command = Launcher.mode("detach").with("pidfile", pidfile).command();

        List<Finished> outcomes = all(LAUNCHERS, () -> processes.run(command));

        ProcView daemon = ProcView.ofPidfile(pidfile);
        assertThat(outcomes).filteredOn(outcome -> outcome.exitCode() == 0).hasSize(1);
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.exitCode() != 0)
                .containsOnly(new Finished(
                        DaemonException.EXIT_ALREADY_RUNNING,
                        "",
                        "probe: already running (pid " + daemon.pid() + ").\n"));
        assertThat(processes.marked()).containsExactly(daemon);
    }

    /** Nobody gets past one of them before somebody opens it for writing, and then all do. */
    private List<Path> gates() throws Exception {
        List<Path> gates = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            gates.add(directory.resolve("gate" + round));
        }
        List<String> mkfifo = new ArrayList<>(List.of("mkfifo"));
        gates.forEach(gate -> mkfifo.add(gate.toString()));
        assertThat(processes.run(mkfifo)).isEqualTo(new Finished(0, "", ""));
        return gates;
    }

    /** Every process with this very command line. */
    private static List<ProcView> running(List<String> command) throws IOException {
        String wanted = String.join("\0", command) + "\0";
        List<ProcView> running = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                try {
                    if (Files.readString(entry.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                            .equals(wanted)) {
                        running.add(
                                new ProcView(Long.parseLong(entry.getFileName().toString())));
                    }
                } catch (IOException goneMeanwhile) {
                    // then it is none of them
                }
            }
        }
        return running;
    }

    /** A process that starts what it is told to. */
    private record Starter(Process process, BufferedWriter orders, BufferedReader answers) {

        static Starter start(Processes processes) throws IOException {
            Process process = processes
                    .builder(RaceProgram.command("obey"))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return new Starter(process, process.outputWriter(), process.inputReader());
        }

        void tell(String order) throws IOException {
            orders.write(order + "\n");
            orders.flush();
        }

        Answer answer() throws Exception {
            Processes.await("an answer of process " + process.pid(), () -> {
                try {
                    return answers.ready() || !process.isAlive();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            return Answer.fromLine(answers.readLine());
        }
    }

    private static <T> List<T> all(int count, Callable<T> work) throws Exception {
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                running.add(threads.submit(work));
            }
            for (Future<T> result : running) {
                results.add(result.get());
            }
        }
        return results;
    }
}
