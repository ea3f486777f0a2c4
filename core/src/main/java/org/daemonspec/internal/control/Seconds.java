package org.daemonspec.internal.control;

import java.math.BigDecimal;
import java.time.Duration;

/** A duration as people read it. */
public final class Seconds {

    private static final int MILLISECOND = 3;

    private Seconds() {}

    /** Such as {@code 10 s} or {@code 0.25 s}, to the millisecond. */
    public static String of(Duration duration) {
        BigDecimal seconds =
                BigDecimal.valueOf(duration.toMillis(), MILLISECOND).stripTrailingZeros();
        return seconds.toPlainString() + " s";
    }
}
