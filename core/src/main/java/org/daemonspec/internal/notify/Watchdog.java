package org.daemonspec.internal.notify;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The signs of life that a supervisor wants to have, see sd_watchdog_enabled(3) and WatchdogSec= in systemd.service(5): twice in
 * the time after which it would act. Thread-safe.
 */
final class Watchdog {

    /** Who hears of it. */
    interface Listener {

        /** The service is well, or at least the JVM runs. */
        void alive();

        /** A check has failed. */
        void unhealthy(Throwable reason);

        /** Whether the service can be used: before that, and on its way to its end, no check could succeed. */
        boolean isUp();
    }

    static final String TIME = "WATCHDOG_USEC";
    static final String PROCESS = "WATCHDOG_PID";

    private final Duration interval;
    private final Listener listener;
    private volatile @Nullable HealthCheck check;

    Watchdog(Duration timeout, Listener listener) {
        this.interval = timeout.dividedBy(2);
        this.listener = listener;
    }

    /**
     * The time after which a supervisor acts.
     *
     * @param time the value of WATCHDOG_USEC, if there is one
     * @param process the value of WATCHDOG_PID, if there is one
     * @return empty if it does not, or means another process
     * @throws IllegalArgumentException if they mean nothing: a sentence
     */
    static Optional<Duration> timeout(@Nullable String time, @Nullable String process, long thisProcess) {
        if (time == null || time.isEmpty()) {
            return Optional.empty();
        }
        if (process != null && !process.isEmpty() && number(PROCESS, process) != thisProcess) {
            return Optional.empty();
        }
        return Optional.of(Duration.of(number(TIME, time), ChronoUnit.MICROS));
    }

    private static long number(String variable, String value) {
        try {
            long number = Long.parseLong(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(variable + "=" + value
                + ": not a positive number; the supervisor gets no signs of life, have it set the variable right.");
    }

    /** From one sign of life to the next. */
    Duration interval() {
        return interval;
    }

    /** What is asked from now on before each sign of life. */
    void check(HealthCheck next) {
        check = next;
    }

    /** Gives the first sign of life now and goes on for as long as the JVM runs, on a thread that does not keep it from its end. */
    void start() {
        Thread.ofPlatform().daemon().name("daemonspec-watchdog").start(this::giveSigns);
    }

    private void giveSigns() {
        while (true) {
            long begin = System.nanoTime();
            look();
            Duration left = interval.minusNanos(System.nanoTime() - begin);
            if (left.isPositive()) {
                sleep(left);
            }
        }
    }

    private void look() {
        HealthCheck current = check;
        try {
            if (current != null && listener.isUp()) {
                current.run();
            }
        } catch (Throwable reason) {
            // whatever it is, an error too: that is what a supervisor is there for
            listener.unhealthy(reason);
            return;
        }
        listener.alive();
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            // a check that interrupts its own thread only has it look sooner
        }
    }
}
