package org.daemonspec.jmh;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Threads, or processes, that all want the same lock, in C and in Java by turns. */
final class ContentionRow implements Row {

    /** How many contend. */
    static final List<Integer> CONTENDERS = List.of(2, 8, 32);

    private static final int MILLISECONDS = 1000;

    private final CPrograms programs;

    ContentionRow(CPrograms programs) {
        this.programs = programs;
    }

    @Override
    public void measure(Results results, Scale scale) throws IOException {
        Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "daemonspec");
        Path file = directory.resolve("contended.lock");
        try {
            for (int contenders : CONTENDERS) {
                measure(results, scale, file, 1, contenders, contenders + " threads");
                measure(results, scale, file, contenders, 1, contenders + " processes");
            }
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }

    private void measure(Results results, Scale scale, Path file, int processes, int threads, String who)
            throws IOException {
        List<CProgram> java = new ArrayList<>();
        List<CProgram> floor = new ArrayList<>();
        try {
            for (int i = 0; i < processes; i++) {
                java.add(javaContender(file, threads));
                floor.add(programs.floor("contend", file.toString(), Integer.toString(threads)));
            }
            contend(java, warmUp(scale, processes));
            for (int i = 0; i < scale.iterations(); i++) {
                add(results, "contention, " + who + ", in C", contend(floor, MILLISECONDS));
                add(results, "contention, " + who, contend(java, MILLISECONDS));
            }
        } finally {
            java.forEach(CProgram::close);
            floor.forEach(CProgram::close);
        }
    }

    /** Each JVM needs some CPU time to compile the loop, and shares it with the others. */
    private static int warmUp(Scale scale, int processes) {
        return scale.isMeasurement() ? 1000 + 500 * processes : 1;
    }

    private static CProgram javaContender(Path file, int threads) throws IOException {
        return new CProgram(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockContender.class.getName(),
                        file.toString(),
                        Integer.toString(threads))
                .redirectError(Redirect.INHERIT)
                .start());
    }

    /** How often each got the lock. */
    private static double[] contend(List<CProgram> programs, int milliseconds) {
        programs.forEach(program -> program.tell(milliseconds));
        return programs.stream()
                .flatMapToDouble(program -> Arrays.stream(CProgram.numbers(program.answer())))
                .toArray();
    }

    /** The time that each lock took of all, and what the one with the fewest got of what each would have with equal shares. */
    private static void add(Results results, String name, double[] acquired) {
        double total = Math.max(1, Arrays.stream(acquired).sum());
        results.add(name, MILLISECONDS * 1e6 / total);
        results.add(name + ", least share", Arrays.stream(acquired).min().orElseThrow() * acquired.length / total);
    }
}
