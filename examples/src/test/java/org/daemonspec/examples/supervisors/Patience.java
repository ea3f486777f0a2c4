package org.daemonspec.examples.supervisors;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/** Waiting for what a supervisor tells nobody, by asking again and again. */
final class Patience {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Patience() {}

    /** Waits until something is so. */
    static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + LIMIT + ": " + what);
            }
            Thread.sleep(PAUSE);
        }
    }

    /** Waits until there is a value. */
    static OptionalLong awaitValue(String what, Callable<OptionalLong> value) throws Exception {
        OptionalLong[] last = {OptionalLong.empty()};
        await(what, () -> {
            last[0] = value.call();
            return last[0].isPresent();
        });
        return last[0];
    }
}
