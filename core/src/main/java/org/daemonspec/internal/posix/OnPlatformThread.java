package org.daemonspec.internal.posix;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.daemonspec.bindings.Libc;
import org.jspecify.annotations.Nullable;

/**
 * Work that has to stay on one platform thread from beginning to end. An interrupt of who waits for it does not end the wait, and
 * stays pending. Thread-safe.
 */
final class OnPlatformThread<T> implements Runnable {

    private final Supplier<T> work;
    private final Thread thread;
    private @Nullable T result;
    private @Nullable Throwable failure;

    private OnPlatformThread(String name, Supplier<T> work) {
        this.work = work;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
    }

    /**
     * Starts the work on a new daemon thread.
     *
     * @throws SystemCallException if there can be no more threads
     */
    static <T> OnPlatformThread<T> start(String name, Supplier<T> work) {
        OnPlatformThread<T> started = new OnPlatformThread<>(name, work);
        try {
            started.thread.start();
        } catch (OutOfMemoryError noMoreThreads) {
            throw new SystemCallException("pthread_create", "", Libc.EAGAIN());
        }
        return started;
    }

    @Override
    public void run() {
        try {
            result = work.get();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /** The result of the work, or its own exception. */
    T await() {
        awaitEnd();
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return Objects.requireNonNull(result);
    }

    /** Waits until it is over, whatever came of it. */
    void awaitEnd() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        restore(interrupted);
    }

    /** Waits for so long; whether it is over then. */
    boolean isOverWithin(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        while (thread.isAlive() && deadline - System.nanoTime() > 0) {
            try {
                thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        restore(interrupted);
        return !thread.isAlive();
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
