package org.daemonspec.jmh;

import java.util.Locale;

/**
 * A goal, and what came of it.
 *
 * @param what is measured, in words
 * @param series its values
 * @param floorName the floor, in words
 * @param floor its values; for a goal without a floor, empty
 * @param kind how they are compared
 * @param limit what the median over the rounds may be at most, or at least
 */
record Goal(String what, String series, String floorName, String floor, Kind kind, double limit) {

    /** How to compare. */
    enum Kind {
        /** The ratio to the floor is at most the limit. */
        RATIO,
        /** The ratio to a peer is below 1. */
        FASTER,
        /** The time is at most the limit, in milliseconds. */
        MILLISECONDS,
        /** The ratio to the floor, for whoever wants to know; there is no goal. */
        REPORT,
        /** The time in milliseconds, likewise. */
        REPORT_MILLISECONDS,
        /** The value is at least the limit. */
        AT_LEAST,
        /** The value, for whoever wants to know. */
        REPORT_VALUE;

        boolean isGoal() {
            return this != REPORT && this != REPORT_MILLISECONDS && this != REPORT_VALUE;
        }
    }

    static Goal ratio(String what, String series, String floorName, String floor, double limit) {
        return new Goal(what, series, floorName, floor, Kind.RATIO, limit);
    }

    static Goal faster(String what, String series, String peer) {
        return new Goal(what, series, peer.substring(peer.indexOf(' ') + 1), peer, Kind.FASTER, 1);
    }

    static Goal report(String what, String series, String floorName, String floor) {
        return new Goal(what, series, floorName, floor, Kind.REPORT, Double.NaN);
    }

    static Goal reportMilliseconds(String what, String series) {
        return new Goal(what, series, "", "", Kind.REPORT_MILLISECONDS, Double.NaN);
    }

    static Goal reportValue(String what, String series) {
        return new Goal(what, series, "", "", Kind.REPORT_VALUE, Double.NaN);
    }

    static Goal milliseconds(String what, String series, double limit) {
        return new Goal(what, series, "", "", Kind.MILLISECONDS, limit);
    }

    static Goal atLeast(String what, String series, String floorName, String floor, double limit) {
        return new Goal(what, series, floorName, floor, Kind.AT_LEAST, limit);
    }

    /** The goal, in words. */
    String text() {
        return switch (kind) {
            case RATIO -> "≤ " + number(limit) + " x";
            case FASTER -> "< 1 x";
            case REPORT, REPORT_MILLISECONDS, REPORT_VALUE -> "–";
            case MILLISECONDS -> "≤ " + number(limit) + " ms";
            case AT_LEAST -> "≥ " + number(limit);
        };
    }

    /** What was measured, with the least and the greatest of the rounds. */
    String measured(Results results) {
        Spread spread = spread(results);
        if (spread.isEmpty()) {
            return "not measured";
        }
        String unit = switch (kind) {
            case RATIO, FASTER, REPORT -> " x";
            case MILLISECONDS, REPORT_MILLISECONDS -> " ms";
            case AT_LEAST, REPORT_VALUE -> "";
        };
        return String.format(
                Locale.ROOT, "%.2f%s (%.2f – %.2f)", spread.median(), unit, spread.least(), spread.greatest());
    }

    /** Whether it was met: yes, no, or nothing is known. */
    String met(Results results) {
        Spread spread = spread(results);
        if (spread.isEmpty() || !kind.isGoal()) {
            return "–";
        }
        boolean met = switch (kind) {
            case FASTER -> spread.median() < limit;
            case AT_LEAST -> spread.median() >= limit;
            default -> spread.median() <= limit;
        };
        return met ? "yes" : "**no**";
    }

    /** Whether nothing was measured. */
    boolean isUnknown(Results results) {
        return spread(results).isEmpty();
    }

    private Spread spread(Results results) {
        return switch (kind) {
            case RATIO, FASTER, REPORT -> results.ratio(series, floor);
            case MILLISECONDS, REPORT_MILLISECONDS -> results.of(series).times(1e-6);
            case AT_LEAST, REPORT_VALUE -> results.of(series);
        };
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
