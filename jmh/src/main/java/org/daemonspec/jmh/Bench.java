package org.daemonspec.jmh;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures, and says how everything compares to its floor: {@code JSON-FILE [--full] [--publish DOCS] [--report] [ROW]...}. Only
 * those rows if some are named. With {@code --report} nothing is measured, and the file is read.
 *
 * <p>In rounds, each of which measures everything once: a machine that is disturbed for a minute then spoils one round of each
 * row, and its floor with it, rather than one row. A row that fails is named, and the others go on.
 */
public final class Bench {

    /** Makes a row when it is wanted. */
    @FunctionalInterface
    private interface RowFactory {
        Row make() throws Exception;
    }

    private final Path json;
    private final Scale scale;
    private final List<String> wanted;
    private final Results results = new Results();
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private boolean failed;

    private Bench(Path json, Scale scale, List<String> wanted) {
        this.json = json;
        this.scale = scale;
        this.wanted = wanted;
    }

    /** See the class. */
    public static void main(String[] arguments) throws Exception {
        List<String> rest = new ArrayList<>(List.of(arguments));
        Path json = Path.of(rest.removeFirst());
        boolean full = rest.remove("--full");
        boolean reportOnly = rest.remove("--report");
        int publish = rest.indexOf("--publish");
        Path docs = null;
        if (publish >= 0) {
            rest.remove(publish);
            docs = Path.of(rest.remove(publish));
        }

        Bench bench = new Bench(json, full ? Scale.FULL : Scale.SHORT, rest);
        Results results = reportOnly ? Results.readFrom(json) : bench.measure();
        System.out.println(table(results) + "\nEvery value: " + json);
        if (docs != null) {
            Page.write(results, docs);
            System.out.println("Written: " + docs.resolve("benchmarks.md"));
        }
        System.exit(bench.failed ? 1 : 0);
    }

    /** As it is done for a test: everything, once. */
    static Results measureOnce(Path json) throws Exception {
        return new Bench(json, Scale.LEAST, List.of()).measure();
    }

    private Results measure() throws Exception {
        long start = System.nanoTime();
        results.describe(Machine.describe(scale));
        try (CPrograms programs = CPrograms.compile()) {
            Runtime.getRuntime().addShutdownHook(new Thread(this::closeRows));
            factories(programs).forEach(this::prepare);
            try {
                for (int round = 1; round <= scale.rounds(); round++) {
                    results.beginRound();
                    measureRound(round);
                    results.writeTo(json);
                }
            } finally {
                closeRows();
            }
        }
        System.out.println("# " + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s");
        return results;
    }

    private Map<String, RowFactory> factories(CPrograms programs) {
        Jvms jvms = Jvms.ofBuild();
        Map<String, RowFactory> factories = new LinkedHashMap<>();
        factories.put("exec", () -> new ExecRow(programs, results));
        factories.put("exec-conditions", () -> new ExecConditionsRow(programs, results));
        factories.put("cold-start", () -> new ColdStartRow(programs, jvms, results, scale));
        factories.put("launcher", () -> new LauncherRow(programs, jvms));
        factories.put("lock", () -> new LockRow(programs));
        factories.put("contention", () -> new ContentionRow(programs));
        factories.put("takeover", () -> new TakeoverRow(programs));
        for (String name : wanted) {
            if (!factories.containsKey(name)) {
                throw new IllegalArgumentException("no row is called " + name + "; these are: " + factories.keySet());
            }
        }
        if (!wanted.isEmpty()) {
            factories.keySet().retainAll(wanted);
        }
        return factories;
    }

    private void prepare(String name, RowFactory factory) {
        try {
            rows.put(name, factory.make());
        } catch (Exception e) {
            fail(name, e);
        }
    }

    private void measureRound(int round) {
        rows.forEach((name, row) -> {
            long start = System.nanoTime();
            try {
                row.measure(results, scale);
                System.out.println("# round " + round + " of " + scale.rounds() + ": " + name + ", "
                        + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s");
            } catch (Exception e) {
                fail(name, e);
            }
        });
    }

    private void fail(String name, Exception e) {
        failed = true;
        results.remark("The row " + name + " failed: " + e.getMessage());
        System.out.println("# FAILED: " + name);
        e.printStackTrace(System.out);
    }

    /** Also when this is interrupted: daemons would stay. */
    private synchronized void closeRows() {
        rows.values().forEach(Bench::close);
        rows.clear();
    }

    private static void close(Row row) {
        try {
            row.close();
        } catch (Exception e) {
            System.out.println("# left behind: " + e);
        }
    }

    /** A line for each goal. */
    static String table(Results results) {
        StringBuilder table = new StringBuilder();
        for (Goals.Section section : Goals.all()) {
            if (section.goals().stream().allMatch(goal -> goal.isUnknown(results))) {
                continue;
            }
            table.append('\n').append(section.title()).append('\n');
            for (Goal goal : section.goals()) {
                table.append(String.format(
                        Locale.ROOT,
                        "  %-64s %-24s %-9s %-28s %s%n",
                        goal.what(),
                        goal.floorName(),
                        goal.text(),
                        goal.measured(results),
                        goal.met(results)));
            }
        }
        results.remarks().forEach(remark -> table.append("  ").append(remark).append('\n'));
        return table.toString();
    }
}
