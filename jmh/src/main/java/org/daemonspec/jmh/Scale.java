package org.daemonspec.jmh;

/**
 * How much is measured.
 *
 * @param name of this much
 * @param rounds how often everything is measured once
 * @param warmups JMH's iterations before the measured ones, a second each: some ten thousand starts of a program, by when what makes them
 *     is compiled
 * @param iterations JMH's measured iterations, a second each
 * @param batches how many batches of a C program's operations have their median taken
 * @param starts how many JVMs are started, one after the other
 */
record Scale(String name, int rounds, int warmups, int iterations, int batches, int starts) {

    /** In ten minutes at most, the build included. */
    static final Scale SHORT = new Scale("short set", 3, 6, 2, 3, 4);

    /** For the page. */
    static final Scale FULL = new Scale("full set", 5, 8, 5, 5, 8);

    /** Whether everything runs, in no time: for a test. */
    static final Scale LEAST = new Scale("to see that it runs", 1, 0, 1, 1, 2);

    /** Whether the values mean something. */
    boolean isMeasurement() {
        return warmups > 0;
    }
}
