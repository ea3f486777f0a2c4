package org.daemonspec.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a launcher's JVM costs until it has forked: the whole life of the shortest one, beside {@code java Hello}. */
final class LauncherRow implements Row {

    private final Stopwatch stopwatch;
    private final Path directory = Files.createTempDirectory("daemonspec");
    private final List<String> hello = Jvms.hello(directory);
    private final List<String> exec;

    LauncherRow(CPrograms programs, Jvms jvms) throws IOException {
        this.stopwatch = new Stopwatch(programs);
        this.exec = jvms.exec();
    }

    @Override
    public void measure(Results results, Scale scale) {
        for (int i = 0; i < scale.starts(); i++) {
            add(results, "java Hello", stopwatch.run(0, hello));
            add(results, "java Exec", stopwatch.run(0, exec));
        }
    }

    private static void add(Results results, String name, Stopwatch.Run run) {
        results.add(name, run.wall());
        results.add(name + ", CPU", run.cpu());
    }

    @Override
    public void close() throws IOException {
        Directories.remove(directory);
    }
}
