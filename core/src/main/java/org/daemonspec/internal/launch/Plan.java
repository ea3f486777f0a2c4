package org.daemonspec.internal.launch;

import java.util.ArrayList;
import java.util.List;

/**
 * What a start would do on this machine, in order.
 *
 * @param name of the daemon
 * @param steps what would be done, and what would fail
 */
public record Plan(String name, List<Step> steps) {

    /** Of a step's number. */
    private static final int WIDTH = 3;

    /**
     * One step.
     *
     * @param action what would be done
     * @param problems what would fail, each a sentence
     */
    public record Step(String action, List<String> problems) {

        public Step {
            problems = List.copyOf(problems);
        }
    }

    public Plan {
        steps = List.copyOf(steps);
    }

    /** The same after another step. */
    public Plan after(String action) {
        List<Step> all = new ArrayList<>(steps);
        all.addFirst(new Step(action, List.of()));
        return new Plan(name, all);
    }

    /** Whether nothing is known that would fail. */
    public boolean works() {
        return problems() == 0;
    }

    /** A line for each step, under it what would fail, and a verdict. */
    public String text() {
        StringBuilder text = new StringBuilder();
        int number = 0;
        for (Step step : steps) {
            number++;
            text.append(" ".repeat(Math.max(0, WIDTH - Integer.toString(number).length())))
                    .append(number)
                    .append(". ")
                    .append(step.action())
                    .append('\n');
            step.problems()
                    .forEach(problem ->
                            text.append("     FAILS: ").append(problem).append('\n'));
        }
        return text.append(name)
                .append(works() ? ": a start would do this; nothing was done.\n" : verdict())
                .toString();
    }

    private String verdict() {
        return ": a start would be refused for " + (problems() == 1 ? "one problem" : problems() + " problems")
                + "; nothing was done.\n";
    }

    private long problems() {
        return steps.stream().mapToLong(step -> step.problems().size()).sum();
    }
}
