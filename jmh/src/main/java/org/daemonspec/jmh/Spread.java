package org.daemonspec.jmh;

import java.util.Arrays;

/** One value for each round. */
final class Spread {

    private final double[] values;

    Spread(double... values) {
        this.values = values.clone();
        Arrays.sort(this.values);
    }

    /** Whether nothing was measured. */
    boolean isEmpty() {
        return values.length == 0;
    }

    Spread times(double factor) {
        return new Spread(Arrays.stream(values).map(value -> value * factor).toArray());
    }

    double least() {
        return values[0];
    }

    double greatest() {
        return values[values.length - 1];
    }

    double median() {
        return Results.median(values);
    }
}
