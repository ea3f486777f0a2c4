package org.daemonspec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.daemonspec.internal.posix.JvmLoad;
import org.daemonspec.internal.posix.ProcStat;
import org.daemonspec.support.ProcView;

/**
 * Starts and stops daemons from two threads, in a JVM that allocates, collects and compiles all the while, and says how much of everything
 * it has after a tenth of that, and at the end: {@code DIRECTORY CYCLES KIND}, where the kind is {@code PROGRAM}, or {@code TASK} for daemons
 * with a JVM of their own, in which this main runs again. Exit code 0 if all went well and nothing has grown.
 */
final class SoakProgram {

    private static final int WORKERS = 2;
    private static final int PATIENCE = 100;

    /** What a JVM may take more, of caches that have an end: compiled code, metaspace, the allocator's arenas. */
    private static final double GROWTH = 1.25;

    /** Tells the main of a daemon's JVM which daemon it is. */
    private static final String WORKER = "soak.worker";

    private final Path directory;
    private final boolean isOfTasks;
    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();

    private SoakProgram(Path directory, boolean isOfTasks) {
        this.directory = directory;
        this.isOfTasks = isOfTasks;
    }

    /**
     * What a process has.
     *
     * @param memory resident, in kB
     */
    private record Possession(List<String> descriptors, int threads, int zombies, long memory) {

        static Possession ofThisProcess() throws IOException {
            System.gc();
            ProcView self = new ProcView(ProcessHandle.current().pid());
            return new Possession(
                    self.descriptors().values().stream()
                            .filter(file -> !file.endsWith(".jar")) // of classes that are loaded late
                            .toList(),
                    Integer.parseInt(self.status("Threads")),
                    zombies(self.pid()),
                    Long.parseLong(self.status("VmRSS").replaceAll("[^0-9]", "")));
        }

        private static int zombies(long parent) throws IOException {
            int zombies = 0;
            try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
                for (Path process : processes) {
                    zombies += ProcStat.of(Long.parseLong(process.getFileName().toString()))
                            .filter(stat -> stat.parent() == parent && stat.state() == 'Z')
                            .map(zombie -> 1)
                            .orElse(0);
                }
            }
            return zombies;
        }
    }

    public static void main(String[] args) throws Exception {
        int cycles = Integer.parseInt(args[1]);
        SoakProgram soak = new SoakProgram(Path.of(args[0]), args[2].equals("TASK"));
        if (DaemonSpec.isDaemon()) {
            soak.start(soak.spec(Integer.getInteger(WORKER)));
        }
        JvmLoad.start();
        soak.run(cycles / 10);
        Possession before = Possession.ofThisProcess();
        soak.run(cycles);
        Possession after = Possession.ofThisProcess();
        for (int i = 0;
                i < PATIENCE
                        && (after.descriptors().size() > before.descriptors().size()
                                || after.threads() > before.threads());
                i++) {
            Thread.sleep(100); // what is closed on threads of its own, and these
            after = Possession.ofThisProcess();
        }
        soak.compare(before, after);
        System.out.println(cycles + " cycles: " + before + ", then " + after);
        soak.problems.forEach(System.out::println);
        Runtime.getRuntime().halt(soak.problems.isEmpty() ? 0 : 1);
    }

    private void compare(Possession before, Possession after) {
        if (after.descriptors().size() != before.descriptors().size()) {
            problems.add("descriptors: " + after.descriptors() + " after " + before.descriptors());
        }
        if (after.threads() > before.threads()) {
            problems.add("threads: " + after.threads() + " after " + before.threads());
        }
        if (after.zombies() != 0) {
            problems.add("zombies: " + after.zombies());
        }
        if (after.memory() > before.memory() * GROWTH) {
            problems.add("memory: " + after.memory() + " kB after " + before.memory() + " kB");
        }
    }

    private void run(int cycles) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(cycles);
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            DaemonSpec spec = spec(i);
            Path pidfile = pidfile(i);
            workers.add(Thread.ofPlatform().start(() -> {
                while (left.getAndDecrement() > 0 && problems.isEmpty()) {
                    cycle(spec, pidfile);
                }
            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
    }

    private Path pidfile(int worker) {
        return directory.resolve("soak" + worker + ".pid");
    }

    /** A daemon's JVM is a small one, whatever this one is. */
    private DaemonSpec spec(int worker) {
        DaemonSpec.Builder spec = DaemonSpec.builder().pidfile(pidfile(worker));
        return isOfTasks
                ? spec.jvmOptions(
                                "-D" + WORKER + "=" + worker,
                                "-Xms8m",
                                "-Xmx16m",
                                "-XX:-AlwaysPreTouch",
                                "-XX:TieredStopAtLevel=1")
                        .build()
                : spec.build();
    }

    private DaemonHandle start(DaemonSpec spec) {
        return isOfTasks ? spec.launch(() -> sleep(Duration.ofMinutes(10))) : spec.exec("sleep", "600");
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void cycle(DaemonSpec spec, Path pidfile) {
        try {
            DaemonHandle daemon = start(spec);
            DaemonStatus status = spec.control().status();
            if (!(status instanceof DaemonStatus.Running running)
                    || running.pid().orElse(0) != daemon.pid()) {
                problems.add("status of " + daemon.pid() + ": " + status);
            }
            StopResult stop = spec.control().stop();
            if (!(stop instanceof StopResult.Stopped stopped) || stopped.pid() != daemon.pid()) {
                problems.add("stop of " + daemon.pid() + ": " + stop);
            }
            if (Files.exists(pidfile)) {
                problems.add(pidfile + " is left: " + Files.readString(pidfile));
            }
        } catch (RuntimeException e) {
            problems.add(e.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
