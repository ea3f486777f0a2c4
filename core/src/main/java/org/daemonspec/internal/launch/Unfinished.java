package org.daemonspec.internal.launch;

import java.util.concurrent.CountDownLatch;
import org.daemonspec.internal.signals.JvmSignals;

/** While it is open, this process does not end, even if it is told to: it has started something that it has to end first. */
public final class Unfinished implements AutoCloseable {

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread atShutdown = new Thread(this::await, "daemonspec-unfinished");
    private volatile boolean toldToEnd;

    private Unfinished() {}

    /** Begins. */
    public static Unfinished open() {
        Unfinished unfinished = new Unfinished();
        try {
            Runtime.getRuntime().addShutdownHook(unfinished.atShutdown); // for a signal that came before the next lines
            JvmSignals.handle("INT", signal -> unfinished.toldToEnd = true);
            JvmSignals.handle("TERM", signal -> unfinished.toldToEnd = true);
        } catch (IllegalStateException alreadyEnding) {
            unfinished.toldToEnd = true;
        } catch (IllegalArgumentException withXrs) {
            // then one ends it at once
        }
        return unfinished;
    }

    /** Whether somebody wants it to end. */
    public boolean isToldToEnd() {
        return toldToEnd;
    }

    private void await() {
        toldToEnd = true;
        try {
            finished.await();
        } catch (InterruptedException e) {
            // nobody interrupts a hook
        }
    }

    @Override
    public void close() {
        finished.countDown();
    }
}
