package org.daemonspec.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** {@code docs/benchmarks.md}, made from what was measured, and from a file of notes that somebody has written. */
final class Page {

    private final Results results;
    private final StringBuilder text = new StringBuilder();

    private Page(Results results) {
        this.results = results;
    }

    /** Writes the page, and the plots into a directory beside it. */
    static void write(Results results, Path docs) throws IOException {
        Path beside = docs.resolve("benchmarks");
        Files.createDirectories(beside);
        Plots.write(results, beside);
        Files.writeString(docs.resolve("benchmarks.md"), new Page(results).text(beside.resolve("notes.md")));
    }

    private String text(Path notes) throws IOException {
        line("# Benchmarks");
        line("");
        line("<!-- Written by jmh/bin/bench --publish; the section on what stays slow is docs/benchmarks/notes.md."
                + " -->");
        line("");
        line("`jmh/bin/bench` measures all of this in less than ten minutes, `jmh/bin/bench --full` more of it;"
                + " with `--publish` either writes");
        line("this page. Everything is measured once in a round, with its floor right beside it. A ratio is taken"
                + " within a");
        line("round, of medians; the table has the median of the rounds, and the least and the greatest in"
                + " parentheses.");
        line("");
        goals();
        if (Files.exists(notes)) {
            text.append(Files.readString(notes)).append('\n');
        }
        machine();
        for (Goals.Section section : Goals.all()) {
            section(section);
        }
        values();
        return text.toString();
    }

    private void goals() {
        line("| what | floor | goal | measured | met |");
        line("|---|---|---|---|---|");
        for (Goals.Section section : Goals.all()) {
            section.goals().forEach(this::goal);
        }
        line("");
        plot("exec", "Starting a program: µs per start");
        plot("cold-start", "Cold start: ms until the first answer");
        plot("lock", "Lock: µs per lock");
        plot("contention", "Contention: µs per lock");
    }

    private void goal(Goal goal) {
        line("| " + goal.what() + " | " + goal.floorName() + " | " + goal.text() + " | " + goal.measured(results)
                + " | " + goal.met(results) + " |");
    }

    private void plot(String file, String title) {
        line("![" + title + "](benchmarks/" + file + ".svg)");
        line("");
    }

    private void machine() {
        line("## Machine and versions");
        line("");
        line("| | |");
        line("|---|---|");
        results.environment().forEach((key, value) -> line("| " + key + " | " + value + " |"));
        line("| Rounds | " + results.rounds() + " |");
        line("");
        results.remarks().forEach(remark -> line("- " + remark));
        line("");
    }

    private void section(Goals.Section section) {
        line("## " + section.title());
        line("");
        line(section.equalWork());
    }

    private void values() {
        line("## All values");
        line("");
        line("The median of the rounds' medians, with the least and the greatest of them.");
        line("");
        line("| | median | least | greatest |");
        line("|---|---:|---:|---:|");
        for (String name : results.names()) {
            Spread spread = results.of(name);
            if (!spread.isEmpty()) {
                Unit unit = Unit.of(name, spread.median());
                line(String.format(
                        Locale.ROOT,
                        "| %s | %.2f %s | %.2f | %.2f |",
                        name,
                        spread.median() / unit.size(),
                        unit.symbol(),
                        spread.least() / unit.size(),
                        spread.greatest() / unit.size()));
            }
        }
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
