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

    /** More than HotSpot takes to compile what runs once for each. */
    private static final int WARM_UPS = 300;

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
            for (int i = 0; i < (scale.isMeasurement() ? WARM_UPS : 0); i++) {
                inJava(pidfile, killer, waiter);
            }
            for (int i = 0; i < scale.starts() * 5; i++) {
                results.add("takeover in C", inC(pidfile, killer, floor));
                results.add("takeover", inJava(pidfile, killer, waiter));
            }
        } finally {
            DaemonControl.of(pidfile).stop();
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

    private static long takeOver(Path pidfile) throws IOException {
        DaemonControl.of(pidfile).awaitStopped(PATIENCE);
        try (Pidfile lock = Pidfile.lock(pidfile)) {
            return System.nanoTime();
        }
    }

    @Override
    public void close() throws IOException {
        DaemonControl.of(pidfile).stop();
        Directories.remove(directory);
    }
}
