package org.daemonspec.jmh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks and says how they compare to their floors: {@code JSON-FILE [--full] [REGEX]}.
 *
 * <p>In rounds, each of which runs everything once in a JVM of its own: a machine that is disturbed for a minute then spoils
 * one round of each benchmark, and its floor with it, rather than one benchmark.
 */
public final class Bench {

    private static final int SHORT_ROUNDS = 3;
    private static final int FULL_ROUNDS = 5;

    private Bench() {}

    /** See the class. */
    public static void main(String[] arguments) throws RunnerException {
        List<String> rest = new ArrayList<>(List.of(arguments));
        String json = rest.removeFirst();
        boolean full = rest.remove("--full");
        String benchmarks = rest.isEmpty() ? ".*" : rest.getFirst();

        List<Collection<RunResult>> rounds = new ArrayList<>();
        for (int round = 1; round <= (full ? FULL_ROUNDS : SHORT_ROUNDS); round++) {
            System.out.println("# Round " + round);
            rounds.add(new Runner(options(benchmarks, full)).run());
        }
        Report report = new Report(rounds);
        ResultFormatFactory.getInstance(ResultFormatType.JSON, json).writeOut(report.merged());
        System.out.println("\n" + report.table() + "\nEvery value: " + json);
    }

    private static Options options(String benchmarks, boolean full) {
        var options = new OptionsBuilder().include(benchmarks).forks(1).shouldFailOnError(true);
        return full
                ? options.warmupTime(TimeValue.seconds(2))
                        .measurementIterations(20)
                        .measurementTime(TimeValue.seconds(2))
                        .build()
                : options.build();
    }
}
