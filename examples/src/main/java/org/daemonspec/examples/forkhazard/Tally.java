package org.daemonspec.examples.forkhazard;

import java.util.Arrays;

/**
 * How many starts went how.
 *
 * @param started the program ran
 * @param failed the child ended in another way, or the start was refused
 * @param hung the child never came to its execve(2)
 */
record Tally(int started, int failed, int hung) {

    static final Tally NONE = new Tally(0, 0, 0);

    int rounds() {
        return started + failed + hung;
    }

    Tally plusStarted() {
        return new Tally(started + 1, failed, hung);
    }

    Tally plusFailed() {
        return new Tally(started, failed + 1, hung);
    }

    Tally plusHung() {
        return new Tally(started, failed, hung + 1);
    }

    /** As {@link #parse} reads it. */
    String toLine() {
        return started + " " + failed + " " + hung;
    }

    static Tally parse(String line) {
        int[] numbers =
                Arrays.stream(line.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
        return new Tally(numbers[0], numbers[1], numbers[2]);
    }
}
