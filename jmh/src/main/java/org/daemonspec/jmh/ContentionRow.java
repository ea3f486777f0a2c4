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

    private static final int MILLISECONDS = 500;

    /** How many share a processor from here on so that each is on it only a few times in {@link #MILLISECONDS}. */
    private static final int MANY = 32;

    private static final int TIMES_LONGER_FOR_MANY = 5;

    private final Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "daemonspec");
    private final Path file = directory.resolve("contended.lock");
    private final CPrograms programs;

    ContentionRow(CPrograms programs) throws IOException {
        this.programs = programs;
    }

    @Override
    public void measure(Results results, Scale scale) throws IOException {
        for (int contenders : CONTENDERS) {
            measure(results, scale, 1, contenders, contenders + " threads");
            measure(results, scale, contenders, 1, contenders + " processes");
        }
    }

    private void measure(Results results, Scale scale, int processes, int threads, String who) throws IOException {
        List<CProgram> java = new ArrayList<>();
        List<CProgram> floor = new ArrayList<>();
        try {
            for (int i = 0; i < processes; i++) {
                java.add(javaContender(threads));
                floor.add(programs.floor("contend", file.toString(), Integer.toString(threads)));
            }
            contend(java, warmUp(scale, processes));
            double[] inC = new double[processes * threads];
            double[] inJava = new double[processes * threads];
            int milliseconds = MILLISECONDS * (processes * threads < MANY ? 1 : TIMES_LONGER_FOR_MANY);
            for (int i = 0; i < scale.iterations(); i++) {
                contend(results, "contention, " + who + ", in C", floor, milliseconds, inC);
                contend(results, "contention, " + who, java, milliseconds, inJava);
            }
            addLeastShare(results, "contention, " + who + ", in C", inC);
            addLeastShare(results, "contention, " + who, inJava);
        } finally {
            java.forEach(CProgram::close);
            floor.forEach(CProgram::close);
        }
    }

    /** Each JVM needs some CPU time to compile the loop, and shares it with the others. */
    private static int warmUp(Scale scale, int processes) {
        return scale.isMeasurement() ? 300 + 250 * processes : 1;
    }

    private CProgram javaContender(int threads) throws IOException {
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

    /** The time that each lock took of all that were got; adds what each contender got. */
    private static void contend(
            Results results, String name, List<CProgram> programs, int milliseconds, double[] sums) {
        double[] acquired = contend(programs, milliseconds);
        for (int i = 0; i < acquired.length; i++) {
            sums[i] += acquired[i];
        }
        results.add(
                name, milliseconds * 1e6 / Math.max(1, Arrays.stream(acquired).sum()));
    }

    /** What the one with the fewest got of what each would have with equal shares. */
    private static void addLeastShare(Results results, String name, double[] acquired) {
        double total = Math.max(1, Arrays.stream(acquired).sum());
        results.add(name + ", least share", Arrays.stream(acquired).min().orElseThrow() * acquired.length / total);
    }

    @Override
    public void close() throws IOException {
        Directories.remove(directory);
    }
}
