package org.daemonspec.jmh;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was measured. A value is one run of something that takes milliseconds, or the median of a batch of something that takes
 * microseconds.
 */
final class Results {

    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<String, List<List<Double>>> series = new LinkedHashMap<>();
    private final List<String> remarks = new ArrayList<>();
    private int rounds;

    /** From a file that {@link #writeTo} has written. */
    static Results readFrom(Path file) throws IOException {
        return GSON.fromJson(Files.readString(file), Results.class);
    }

    /** As JSON. */
    void writeTo(Path file) throws IOException {
        Files.writeString(file, GSON.toJson(this) + "\n");
    }

    /** What follows belongs together. */
    void beginRound() {
        rounds++;
    }

    /** Values of this round. */
    void add(String name, double... values) {
        List<List<Double>> ofSeries = series.computeIfAbsent(name, absent -> new ArrayList<>());
        while (ofSeries.size() < rounds) {
            ofSeries.add(new ArrayList<>());
        }
        Arrays.stream(values).forEach(ofSeries.getLast()::add);
    }

    /** Something that a reader has to know: what failed, what was not there. Once. */
    void remark(String remark) {
        if (!remarks.contains(remark)) {
            remarks.add(remark);
        }
    }

    void describe(Map<String, String> properties) {
        environment.putAll(properties);
    }

    Map<String, String> environment() {
        return environment;
    }

    List<String> remarks() {
        return remarks;
    }

    List<String> names() {
        return List.copyOf(series.keySet());
    }

    int rounds() {
        return rounds;
    }

    /** The median of each round that has one; empty if it was not measured. */
    Spread of(String name) {
        return new Spread(series.getOrDefault(name, List.of()).stream()
                .filter(round -> !round.isEmpty())
                .mapToDouble(Results::median)
                .toArray());
    }

    /** The ratio of each round in which both were measured. */
    Spread ratio(String name, String floor) {
        List<List<Double>> above = series.getOrDefault(name, List.of());
        List<List<Double>> below = series.getOrDefault(floor, List.of());
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(above.size(), below.size()); i++) {
            if (!above.get(i).isEmpty() && !below.get(i).isEmpty()) {
                ratios.add(median(above.get(i)) / median(below.get(i)));
            }
        }
        return new Spread(ratios.stream().mapToDouble(ratio -> ratio).toArray());
    }

    private static double median(List<Double> values) {
        return median(values.stream().mapToDouble(value -> value).toArray());
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
