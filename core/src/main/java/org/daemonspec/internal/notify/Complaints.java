package org.daemonspec.internal.notify;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong between this process and its supervisor, on stderr: each time that something else is. Thread-safe.
 *
 * <p>Whoever reads stderr may have stopped reading it, which is no reason to keep a process from its end: so this waits for a
 * second at most.
 */
final class Complaints {

    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final String name;
    private final AtomicReference<@Nullable String> last = new AtomicReference<>();

    /** Those of a program of this name. */
    Complaints(String name) {
        this.name = name;
    }

    /** Says it, unless it was the last that was said. */
    void say(String complaint) {
        if (complaint.equals(last.getAndSet(complaint))) {
            return;
        }
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name("daemonspec-complaint")
                .start(() -> System.err.println(name + ": " + complaint));
        try {
            thread.join(LONGEST);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What was wrong is well again. */
    void forget() {
        last.set(null);
    }
}
