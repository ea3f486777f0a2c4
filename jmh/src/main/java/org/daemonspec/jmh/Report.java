package org.daemonspec.jmh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;

/**
 * Every benchmark as a multiple of its floor, which is part of the same round.
 *
 * @param rounds what each run of all benchmarks gave
 */
record Report(List<Collection<RunResult>> rounds) {

    private static final Map<String, String> FLOORS = Map.ofEntries(
            Map.entry("DetachLatency.exec", "DetachLatency.floorInC"),
            Map.entry("DetachLatency.processBuilder", "DetachLatency.floorInC"),
            Map.entry("DetachLatency.processBuilderSetsid", "DetachLatency.floorInC"),
            Map.entry("LaunchLatency.launch", "LaunchLatency.javaHello"),
            Map.entry("LaunchLatency.detach", "LaunchLatency.javaHello"),
            Map.entry("PidfileContention.pidfile", "PidfileContention.pidfileInC"),
            Map.entry("PidfileContention.pidfileBy2", "PidfileContention.pidfileInC"),
            Map.entry("PidfileContention.pidfileBy8", "PidfileContention.pidfileInC"),
            Map.entry("PidfileContention.flock", "PidfileContention.flockInC"),
            Map.entry("PidfileContention.flockBy2", "PidfileContention.flockInC"),
            Map.entry("PidfileContention.flockBy8", "PidfileContention.flockInC"),
            Map.entry("PidfileContention.fileChannel", "PidfileContention.flockInC"));

    /** The rounds as the forks of one run. */
    Collection<RunResult> merged() {
        Map<String, RunResult> merged = new LinkedHashMap<>();
        for (Collection<RunResult> round : rounds) {
            for (RunResult result : round) {
                merged.merge(label(result), result, Report::merge);
            }
        }
        return merged.values();
    }

    private static RunResult merge(RunResult one, RunResult other) {
        List<BenchmarkResult> forks = new ArrayList<>(one.getBenchmarkResults());
        forks.addAll(other.getBenchmarkResults());
        return new RunResult(one.getParams(), forks);
    }

    /** A line for each benchmark: the median of its rounds, and the median, least and greatest ratio of a round. */
    String table() {
        StringBuilder table = new StringBuilder(
                String.format(Locale.ROOT, "%-52s %18s %9s   least  greatest%n", "", "median", "x floor"));
        for (RunResult result : merged()) {
            String label = label(result);
            table.append(String.format(
                    Locale.ROOT,
                    "%-52s %12.1f %s",
                    label,
                    median(scores(label).toArray()),
                    result.getPrimaryResult().getScoreUnit()));
            double[] ratios = ratios(label, name(result.getParams()));
            if (ratios.length > 0) {
                table.append(String.format(
                        Locale.ROOT, " %9.2f %7.2f %9.2f", median(ratios), ratios[0], ratios[ratios.length - 1]));
            }
            table.append(System.lineSeparator());
        }
        return table.toString();
    }

    /** In ascending order; empty without a floor. */
    private double[] ratios(String label, String name) {
        String floorLabel = FLOORS.getOrDefault(name, "");
        return rounds.stream()
                .filter(round -> score(round, label).isPresent()
                        && score(round, floorLabel).isPresent())
                .mapToDouble(round -> score(round, label).getAsDouble()
                        / score(round, floorLabel).getAsDouble())
                .sorted()
                .toArray();
    }

    private DoubleStream scores(String label) {
        return rounds.stream().flatMapToDouble(round -> score(round, label).stream());
    }

    /** The median of the iterations. */
    private static OptionalDouble score(Collection<RunResult> round, String label) {
        return round.stream()
                .filter(result -> label(result).equals(label))
                .mapToDouble(result -> result.getPrimaryResult().getStatistics().getPercentile(50))
                .findFirst();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static String label(RunResult result) {
        BenchmarkParams params = result.getParams();
        StringBuilder label = new StringBuilder(name(params));
        params.getParamsKeys()
                .forEach(key -> label.append(' ').append(key).append('=').append(params.getParam(key)));
        return label.toString();
    }

    private static String name(BenchmarkParams params) {
        return params.getBenchmark().substring(Report.class.getPackageName().length() + 1);
    }
}
