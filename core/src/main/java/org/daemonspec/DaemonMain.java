package org.daemonspec;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.daemonspec.internal.launch.LaunchSpec;
import org.daemonspec.internal.launch.Takeover;

/** The life of a daemon JVM from {@code detach} to its end. */
final class DaemonMain {

    private DaemonMain() {}

    /** Runs the task and ends the process: never returns, but throws if the process is a daemon that runs already. */
    static void run(Takeover takeover, LaunchSpec spec, DaemonTask task) {
        if (takeover.hasBegun()) {
            throw new IllegalStateException("This process is a daemon already; start another with exec(...).");
        }
        try {
            takeover.begin(spec);
            task.run(takeover::reportReady);
        } catch (
                Throwable
                        failure) { // whatever it is, the launcher waits for the reason and the log for the stack trace
            fail(takeover, failure);
        }
        awaitOtherThreads();
        System.exit(0);
    }

    private static void fail(Takeover takeover, Throwable failure) {
        try {
            failure.printStackTrace();
            takeover.reportFailure(failure);
        } finally {
            System.exit(1);
        }
    }

    /** As the JVM itself after main: it ends with the last non-daemon thread, such as a server's. */
    private static void awaitOtherThreads() {
        Optional<Thread> other = anyOtherNonDaemonThread();
        while (other.isPresent()) {
            try {
                other.get().join();
            } catch (InterruptedException e) {
                // Nobody but the task knows this thread, and the task has returned: there is nothing to interrupt.
                continue;
            }
            other = anyOtherNonDaemonThread();
        }
    }

    private static Optional<Thread> anyOtherNonDaemonThread() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] threads = new Thread[root.activeCount() * 2 + 16];
        root.enumerate(threads);
        return Arrays.stream(threads)
                .filter(Objects::nonNull)
                .filter(thread -> !thread.isDaemon() && !thread.equals(Thread.currentThread()))
                .findAny();
    }
}
