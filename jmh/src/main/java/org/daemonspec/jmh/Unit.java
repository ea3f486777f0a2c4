package org.daemonspec.jmh;

/**
 * What a value is shown in. Times are kept in nanoseconds, memory in bytes.
 *
 * @param symbol of it
 * @param size of it
 */
record Unit(String symbol, double size) {

    private static final double LONG = 10_000_000;

    /** A suitable one for a series. */
    static Unit of(String name, double median) {
        if (name.endsWith("share")) {
            return new Unit("", 1);
        }
        if (name.startsWith("RSS") || name.startsWith("PSS")) {
            return new Unit("MB", 1 << 20);
        }
        return Math.abs(median) < LONG ? new Unit("µs", 1e3) : new Unit("ms", 1e6);
    }
}
