package org.daemonspec.internal.control;

import java.time.Duration;

/**
 * One step of ending a daemon.
 *
 * @param signal its name, with SIG
 * @param number the same as kill(2) wants it
 * @param grace how long the daemon may take to end after it
 */
public record StopStep(String signal, int number, Duration grace) {

    /** Such as {@code SIGTERM and 10 s}. */
    @Override
    public String toString() {
        return signal + " and " + Seconds.of(grace);
    }
}
