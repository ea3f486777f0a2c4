package org.daemonspec.jmh;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code stopwatch.c} for single runs of programs.
 *
 * @param programs has it
 */
record Stopwatch(CPrograms programs) {

    /** How many it says of each run. */
    static final int NUMBERS = 3;

    /**
     * A run.
     *
     * @param wall from its start to its end, in nanoseconds
     * @param cpu of all its threads, in user and kernel mode, in nanoseconds
     * @param end when it had ended, as {@link System#nanoTime} counts
     */
    record Run(double wall, double cpu, double end) {}

    /**
     * How far a program came until it made a process.
     *
     * @param wall since its start, in nanoseconds
     * @param cpu of all its threads until then, in nanoseconds
     */
    record Fork(double wall, double cpu) {}

    /** Runs a program once. */
    Run run(int exitCode, List<String> command) {
        try (CProgram stopwatch = start(List.of("run", Integer.toString(exitCode)), command)) {
            double[] numbers = stopwatch.samples(1);
            return new Run(numbers[0], numbers[1], numbers[2]);
        }
    }

    /** Runs a program once, and looks for its first fork. */
    Fork fork(List<String> command) {
        try (CProgram stopwatch = start(List.of("fork"), command)) {
            double[] numbers = stopwatch.samples(1);
            return new Fork(numbers[0], numbers[1]);
        }
    }

    /** Starts a server, which ends with the stopwatch if it has not become a daemon; the first line is the answer. */
    CProgram serve(int port, List<String> command) {
        return start(List.of("serve", Integer.toString(port)), command);
    }

    private CProgram start(List<String> mode, List<String> command) {
        List<String> arguments = new ArrayList<>(mode);
        arguments.addAll(command);
        return programs.stopwatch(arguments.toArray(String[]::new));
    }
}
