package org.daemonspec.jmh;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs one JMH benchmark in a JVM of its own. */
final class JmhRun {

    private static final int MEDIAN = 50;

    private JmhRun() {}

    /** The median of each iteration, in nanoseconds. */
    static double[] medians(Scale scale, Class<?> benchmarks, String method, String... jvmArguments)
            throws RunnerException {
        var options = new OptionsBuilder()
                .include("^" + benchmarks.getName() + "\\." + method + "$")
                .forks(1)
                .warmupIterations(scale.warmups())
                .measurementIterations(scale.iterations())
                .jvmArgsAppend(append("--enable-native-access=ALL-UNNAMED", jvmArguments))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        if (!scale.isMeasurement()) {
            options.measurementTime(TimeValue.milliseconds(100));
        }
        List<Double> medians = new ArrayList<>();
        for (RunResult run : new Runner(options.build()).run()) {
            for (BenchmarkResult fork : run.getBenchmarkResults()) {
                for (IterationResult iteration : fork.getIterationResults()) {
                    medians.add(iteration.getPrimaryResult().getStatistics().getPercentile(MEDIAN));
                }
            }
        }
        return medians.stream().mapToDouble(median -> median).toArray();
    }

    private static String[] append(String first, String... others) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(others));
        return all.toArray(String[]::new);
    }
}
