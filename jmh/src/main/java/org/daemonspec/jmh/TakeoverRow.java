package org.daemonspec.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.daemonspec.DaemonControl;
import org.daemonspec.DaemonSpec;
import org.daemonspec.Pidfile;

/** From the moment when a pidfile's holder is sent SIGKILL until the next one, who waits for that, has the lock. */
final class TakeoverRow implements Row {

    /** As the other rows have it: HotSpot compiles what has run some ten thousand times, and this is most of a takeover. */
    private static final int LOCKS_BEFORE = 20_000;

    private static final int TAKEOVERS_BEFORE = 100;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Until who waits does so in poll(2). */
    private static final long MILLISECONDS_BEFORE = 15;

    private final Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "daemonspec");
    private final Path pidfile = directory.resolve("taken.pid");
    private final CPrograms programs;

    TakeoverRow(CPrograms programs) throws IOException {
        this.programs = programs;
    }

    @Override
    public void measure(Results results, Scale scale) throws Exception {
        try (CProgram killer = programs.stopwatch("kill");
                CProgram floor = programs.floor("takeover", pidfile.toString());
                ExecutorService waiter = Executors.newSingleThreadExecutor()) {
            if (scale.isMeasurement()) {
                warmUp(killer, waiter);
            }
            for (int i = 0; i < scale.starts() * 5; i++) {
                results.add("takeover in C", inC(pidfile, killer, floor));
                results.add("takeover", inJava(pidfile, killer, waiter));
            }
        } finally {
            DaemonControl.of(pidfile).stop();
        }
    }

    private void warmUp(CProgram killer, ExecutorService waiter) throws InterruptedException, ExecutionException {
        for (int i = 0; i < LOCKS_BEFORE; i++) {
            takeOver(pidfile);
        }
        for (int i = 0; i < TAKEOVERS_BEFORE; i++) {
            inJava(pidfile, killer, waiter);
        }
    }

    private static double inC(Path pidfile, CProgram killer, CProgram floor) throws InterruptedException {
        long holder = holder(pidfile);
        floor.ask(holder);
        Thread.sleep(MILLISECONDS_BEFORE);
        double killed = CProgram.numbers(killer.ask(holder))[0];
        return CProgram.numbers(floor.answer())[0] - killed;
    }

    private static double inJava(Path pidfile, CProgram killer, ExecutorService waiter)
            throws InterruptedException, ExecutionException {
        long holder = holder(pidfile);
        Callable<Long> takeover = () -> takeOver(pidfile);
        Future<Long> taken = waiter.submit(takeover);
        Thread.sleep(MILLISECONDS_BEFORE);
        double killed = CProgram.numbers(killer.ask(holder))[0];
        return taken.get() - killed;
    }

    private static long holder(Path pidfile) {
        return DaemonSpec.builder()
                .pidfile(pidfile)
                .exec("/bin/sleep", Long.toString(TimeUnit.MINUTES.toSeconds(1)))
                .pid();
    }

    private static long takeOver(Path pidfile) {
        try (Pidfile lock = Pidfile.lock(pidfile, PATIENCE)) {
            return System.nanoTime();
        }
    }

    @Override
    public void close() throws IOException {
        DaemonControl.of(pidfile).stop();
        Directories.remove(directory);
    }
}
