package org.daemonspec.internal.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.daemonspec.bindings.Libc;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcessReference;
import org.daemonspec.internal.signals.JvmSignals;

/**
 * While it is open, SIGINT and SIGTERM to the launcher end the daemon that it waits for: the first time by SIGTERM, after that
 * by SIGKILL. The launcher sees the daemon's end like any other. It is open before there is a daemon, so that no signal falls
 * in between: one that comes too early reaches the daemon when it is aimed at.
 */
final class Cancellation implements AutoCloseable {

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Runnable> restorations = new ArrayList<>();
    private Optional<ProcessReference> target = Optional.empty();
    private Optional<String> signal = Optional.empty();

    private Cancellation() {}

    /** Begins to catch the signals. */
    static Cancellation open() {
        Cancellation cancellation = new Cancellation();
        try {
            Consumer<String> cancel = new Consumer<>() {
                @Override
                public void accept(String signal) {
                    cancellation.cancel(signal);
                }
            };
            cancellation.restorations.add(JvmSignals.handle("INT", cancel));
            cancellation.restorations.add(JvmSignals.handle("TERM", cancel));
        } catch (IllegalArgumentException withXrs) {
            // then a signal ends the launcher alone, as SIGKILL does, and the start goes on
        }
        return cancellation;
    }

    /** Leaves the signals to whoever has them. */
    static Cancellation impossible() {
        return new Cancellation();
    }

    /** From here on, signals end this process, until {@link #disarm}. */
    void aimAt(ProcessReference process) {
        lock.lock();
        try (Posix posix = Posix.open()) {
            target = Optional.of(process);
            if (signal.isPresent()) {
                process.signal(posix, Libc.SIGTERM());
            }
        } finally {
            lock.unlock();
        }
    }

    /** From here on, signals do nothing; by which one the start was cancelled first, and empty if it was not. */
    Optional<String> disarm() {
        lock.lock();
        try {
            target = Optional.empty();
            return signal;
        } finally {
            lock.unlock();
        }
    }

    private void cancel(String name) {
        lock.lock();
        try (Posix posix = Posix.open()) {
            if (target.isPresent()) {
                target.get().signal(posix, signal.isEmpty() ? Libc.SIGTERM() : Libc.SIGKILL());
            }
            if (signal.isEmpty()) {
                signal = Optional.of(name);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        disarm();
        for (Runnable restoration : restorations) {
            restoration.run();
        }
    }
}
