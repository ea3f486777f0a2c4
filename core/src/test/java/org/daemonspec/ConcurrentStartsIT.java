package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ConcurrentStartsIT {

    private static final int STARTS = 50;
    private static final int ROUNDS = 30;
    private static final int LAUNCHERS = 8;

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    @Test
    void ofFiftyThreadsThatStartAtOnceOneStartsAndTheOthersNameIt() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
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
