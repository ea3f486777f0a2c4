package org.daemonspec.internal.control;

import java.math.BigDecimal;
import java.time.Duration;

/** A duration as people read it. */
public final class Seconds {

    private static final int MILLISECOND = 3;

    /** Nobody tells longer ones apart. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Seconds() {}

    /** Such as {@code 10 s} or {@code 0.25 s}, to the millisecond. */
    public static String of(Duration duration) {
        Duration bounded = duration.compareTo(LONGEST) < 0 ? duration : LONGEST;
        BigDecimal seconds = BigDecimal.valueOf(bounded.toMillis(), MILLISECOND).stripTrailingZeros();
        return seconds.toPlainString() + " s";
    }
}
