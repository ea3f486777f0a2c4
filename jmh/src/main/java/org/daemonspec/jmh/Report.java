package org.daemonspec.jmh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;

/**
 * Every benchmark as a multiple of its floor, which is part of the same round.
 *
 * @param rounds what each run of all benchmarks gave
 */
record Report(List<Collection<RunResult>> rounds) {

    private static final int FASTEST = 0;
    private static final int MEDIAN = 50;

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

    /**
     * A line for each benchmark: the median of its rounds; then, as multiples of its floor, the median, the least and the
     * greatest of the rounds, and its fastest iteration over the floor's fastest, which other work on the machine disturbs
     * least.
     */
    String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT, "%-42s %16s %8s %8s %8s %8s%n", "", "median", "x floor", "least", "greatest", "fastest"));
        for (RunResult result : merged()) {
            String label = label(result);
            double median = median(scores(label, MEDIAN));
            String unit = result.getPrimaryResult().getScoreUnit();
            table.append(String.format(Locale.ROOT, "%-42s %10.1f %s", label, median, unit));
            String floor = FLOORS.getOrDefault(name(result.getParams()), "");
            double[] ratios = ratios(label, floor);
            if (ratios.length > 0) {
                double fastest = least(scores(label, FASTEST)) / least(scores(floor, FASTEST));
                table.append(String.format(
                        Locale.ROOT,
                        " %8.2f %8.2f %8.2f %8.2f",
                        median(ratios),
                        least(ratios),
                        ratios[ratios.length - 1],
                        fastest));
            }
            table.append(System.lineSeparator());
        }
        return table.toString();
    }

    /** In ascending order; empty without a floor. */
    private double[] ratios(String label, String floor) {
        return rounds.stream()
                .filter(round -> score(round, label, MEDIAN).isPresent()
                        && score(round, floor, MEDIAN).isPresent())
                .mapToDouble(round -> score(round, label, MEDIAN).getAsDouble()
                        / score(round, floor, MEDIAN).getAsDouble())
                .sorted()
                .toArray();
    }

    private double[] scores(String label, int percentile) {
        return rounds.stream()
                .flatMapToDouble(round -> score(round, label, percentile).stream())
                .toArray();
    }

    /** A percentile of the iterations of one round. */
    private static OptionalDouble score(Collection<RunResult> round, String label, int percentile) {
        return round.stream()
                .filter(result -> label(result).equals(label))
                .mapToDouble(result -> result.getPrimaryResult().getStatistics().getPercentile(percentile))
                .findFirst();
    }

    private static double least(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
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
