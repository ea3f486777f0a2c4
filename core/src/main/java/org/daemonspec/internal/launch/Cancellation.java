package org.daemonspec.internal.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.daemonspec.bindings.Libc;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.signals.JvmSignals;

/**
 * While it is open, SIGINT and SIGTERM to the launcher end the daemon that it waits for: the first time by SIGTERM, after that
 * by SIGKILL. The launcher sees the daemon's end like any other. Open it only while the daemon's pid cannot be recycled.
 */
final class Cancellation implements AutoCloseable {

    private final long pid;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Runnable> restorations = new ArrayList<>();
    private Optional<String> signal = Optional.empty();
    private boolean closed;

    private Cancellation(long pid) {
        this.pid = pid;
    }

    static Cancellation of(long pid) {
        Cancellation cancellation = new Cancellation(pid);
        try {
            cancellation.restorations.add(JvmSignals.handle("INT", cancellation::cancel));
            cancellation.restorations.add(JvmSignals.handle("TERM", cancellation::cancel));
        } catch (IllegalArgumentException withXrs) {
            // then a signal ends the launcher alone, as SIGKILL does, and the start goes on
        }
        return cancellation;
    }

    /** By which signal the start was cancelled first; empty if it was not. */
    Optional<String> signal() {
        lock.lock();
        try {
            return signal;
        } finally {
            lock.unlock();
        }
    }

    private void cancel(String name) {
        lock.lock();
        try (Posix posix = Posix.open()) {
            if (!closed) {
                posix.signal(pid, signal.isEmpty() ? Libc.SIGTERM() : Libc.SIGKILL());
                signal = signal.or(() -> Optional.of(name));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            restorations.forEach(Runnable::run);
        } finally {
            lock.unlock();
        }
    }
}
