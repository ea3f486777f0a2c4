package org.daemonspec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.daemonspec.internal.control.StopStep;

/**
 * How a daemon is ended: signals, each with the time that the daemon is given to end after it, as in
 * start-stop-daemon(8)'s {@code --retry}. Immutable and thread-safe.
 *
 * {@snippet :
 * StopSchedule.of(Signal.TERM, Duration.ofSeconds(30)).then(Signal.KILL, Duration.ofSeconds(5));
 * }
 *
 * @param steps in order, at least one
 */
public record StopSchedule(List<Step> steps) {

    /**
     * A signal, and how long the daemon may take to end after it.
     *
     * @param signal what is sent
     * @param grace more than zero, a year at most
     */
    public record Step(Signal signal, Duration grace) {

        private static final Duration LONGEST = Duration.ofDays(366);

        /**
         * A step.
         *
         * @throws IllegalArgumentException if the grace is out of range
         */
        public Step {
            if (!grace.isPositive() || grace.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "grace " + grace + " after " + signal + ": give more than zero, and a year at most.");
            }
        }
    }

    private static final StopSchedule STANDARD = of(Signal.TERM, Duration.ofSeconds(10))
            .then(Signal.QUIT, Duration.ofSeconds(2))
            .then(Signal.KILL, Duration.ofSeconds(10));

    /**
     * A schedule.
     *
     * @throws IllegalArgumentException if there is no step
     */
    public StopSchedule {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("stop schedule: give at least one step.");
        }
    }

    /**
     * SIGTERM and 10 s; then SIGQUIT, on which a JVM writes to its stdout, and so to its log, what its threads hang in, and 2 s;
     * then SIGKILL and 10 s, which only a process that the kernel cannot interrupt needs.
     *
     * @return the default schedule
     */
    public static StopSchedule standard() {
        return STANDARD;
    }

    /**
     * A schedule of one step.
     *
     * @param signal what is sent
     * @param grace how long the daemon may take to end after it, more than zero
     * @return the schedule
     * @throws IllegalArgumentException if the grace is not more than zero
     */
    public static StopSchedule of(Signal signal, Duration grace) {
        return new StopSchedule(List.of(new Step(signal, grace)));
    }

    /**
     * This schedule with one more step.
     *
     * @param signal what is sent if the daemon has not ended
     * @param grace how long the daemon may take to end after it, more than zero
     * @return the longer schedule
     * @throws IllegalArgumentException if the grace is not more than zero
     */
    public StopSchedule then(Signal signal, Duration grace) {
        List<Step> longer = new ArrayList<>(steps);
        longer.add(new Step(signal, grace));
        return new StopSchedule(longer);
    }

    /** {@return how long all of it takes at most} */
    public Duration total() {
        return steps.stream().map(Step::grace).reduce(Duration.ZERO, Duration::plus);
    }

    /** {@return such as {@code SIGTERM and 10 s, SIGKILL and 5 s}} */
    @Override
    public String toString() {
        return toSteps().stream().map(StopStep::toString).collect(Collectors.joining(", "));
    }

    List<StopStep> toSteps() {
        List<StopStep> all = new ArrayList<>();
        for (Step step : steps) {
            all.add(new StopStep(step.signal().toString(), step.signal().number(), step.grace()));
        }
        return all;
    }
}
