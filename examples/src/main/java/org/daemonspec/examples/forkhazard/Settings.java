package org.daemonspec.examples.forkhazard;

import java.time.Duration;
import java.util.List;

/**
 * What is to be measured.
 *
 * @param rounds starts in each way
 * @param loadThreads threads that allocate meanwhile
 * @param timeout when a start that is not through counts as hung; whole seconds
 */
record Settings(int rounds, int loadThreads, Duration timeout) {

    static final String USAGE = "usage: fork-hazard [--rounds N] [--load THREADS] [--timeout SECONDS]";

    private static final Settings DEFAULT = new Settings(300, 2, Duration.ofSeconds(2));

    /**
     * Reads options as on the command line.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    static Settings parse(String... args) {
        Settings settings = DEFAULT;
        for (int i = 0; i < args.length; i += 2) {
            String value = i + 1 < args.length ? args[i + 1] : "";
            settings = settings.with(args[i], value);
        }
        return settings;
    }

    private Settings with(String option, String value) {
        return switch (option) {
            case "--rounds" -> new Settings(number(option, value, 1), loadThreads, timeout);
            case "--load" -> new Settings(rounds, number(option, value, 0), timeout);
            case "--timeout" -> new Settings(rounds, loadThreads, Duration.ofSeconds(number(option, value, 1)));
            default -> throw new IllegalArgumentException("unknown option " + option);
        };
    }

    private static int number(String option, String value, int lowest) {
        try {
            int number = Integer.parseInt(value);
            if (number >= lowest) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " takes a number, not '" + value + "'", e);
        }
        throw new IllegalArgumentException(option + " is " + lowest + " at least");
    }

    /** The options that {@link #parse} makes these settings of. */
    List<String> toArguments() {
        return List.of(
                "--rounds",
                Integer.toString(rounds),
                "--load",
                Integer.toString(loadThreads),
                "--timeout",
                Long.toString(timeout.toSeconds()));
    }
}
