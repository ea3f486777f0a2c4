package org.daemonspec.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.runner.RunnerException;

/** Locks that nobody else wants. */
final class LockRow implements Row {

    private static final int BATCH = 20_000;

    private final Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "daemonspec");
    private final Path pidfile = directory.resolve("floor.pid");
    private final Path file = directory.resolve("floor.lock");
    private final CProgram pidfileFloor;
    private final CProgram flockFloor;

    LockRow(CPrograms programs) throws IOException {
        pidfileFloor = programs.floor("pidfile", pidfile.toString());
        flockFloor = programs.floor("flock", file.toString());
    }

    @Override
    public void measure(Results results, Scale scale) throws RunnerException {
        measureFloor(results, scale, "pidfile in C", pidfileFloor);
        results.add("pidfile", medians(scale, "pidfile"));
        measureFloor(results, scale, "pidfile in C", pidfileFloor);
        measureFloor(results, scale, "flock in C", flockFloor);
        results.add("flock", medians(scale, "flock"));
        results.add("flock FileChannel", medians(scale, "fileChannel"));
        results.add("flock JNA", medians(scale, "jna"));
        measureFloor(results, scale, "flock in C", flockFloor);
    }

    private static double[] medians(Scale scale, String benchmark) throws RunnerException {
        return JmhRun.medians(scale, PidfileLatency.class, benchmark);
    }

    private static void measureFloor(Results results, Scale scale, String name, CProgram floor) {
        floor.median(BATCH); // the first after a pause
        for (int i = 0; i < scale.batches(); i++) {
            results.add(name, floor.median(BATCH));
        }
    }

    @Override
    public void close() throws IOException {
        pidfileFloor.close();
        flockFloor.close();
        Files.deleteIfExists(pidfile);
        Files.deleteIfExists(file);
        Files.delete(directory);
    }
}
