package org.daemonspec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.daemonspec.internal.daemon.DaemonSignals;
import org.daemonspec.internal.daemon.Failure;
import org.daemonspec.internal.daemon.TaskHost;
import org.daemonspec.internal.launch.LaunchSpec;
import org.daemonspec.internal.launch.OwnContext;
import org.daemonspec.internal.launch.Takeover;
import org.daemonspec.internal.notify.Notifier;

/** The life of a daemon JVM from {@code detach} to its end. */
final class DaemonMain {

    private static final String NEVER_READY =
            "the task returned without calling ready(); call context.ready() when the service can be used";

    private static final int FAILED = 1;

    private DaemonMain() {}

    /** What the task sees of it. */
    private record Context(TaskHost host, DaemonSignals signals, Notifier notifier, ContextSockets listening)
            implements DaemonContext {

        @Override
        public void ready() {
            host.reportReady(notifier);
        }

        @Override
        public void onStop(Handler handler) {
            signals.onStop(new SignalHandler(Objects.requireNonNull(handler, "handler")));
        }

        @Override
        public void reopenLogs() {
            host.reopenLogs();
        }

        @Override
        public void onReload(Handler handler) {
            signals.onReload(new SignalHandler(Objects.requireNonNull(handler, "handler")));
        }

        @Override
        public void onTraining(Handler handler) {
            host.onTraining(new SignalHandler(Objects.requireNonNull(handler, "handler")));
        }

        @Override
        public void status(String text) {
            notifier.status(Objects.requireNonNull(text, "text"));
        }

        @Override
        public void extendTimeout(Duration time) {
            if (!time.isPositive()) {
                throw new IllegalArgumentException("extendTimeout " + time + ": give a time above zero.");
            }
            notifier.extendTimeout(time);
        }

        @Override
        public void healthCheck(HealthCheck check) {
            notifier.healthCheck(Objects.requireNonNull(check, "check")::check);
        }

        @Override
        public DaemonSocket socket() {
            return listening.only();
        }

        @Override
        public DaemonSocket socket(String name) {
            return listening.named(Objects.requireNonNull(name, "name"));
        }

        @Override
        public List<DaemonSocket> sockets() {
            return listening.all();
        }
    }

    /** A handler as signals know it. */
    private record SignalHandler(DaemonContext.Handler handler) implements DaemonSignals.Handler {

        @Override
        public void run() throws Exception {
            handler.run();
        }
    }

    /** Runs the task and ends the process: never returns. */
    static void run(TaskHost host, LaunchSpec spec, DaemonTask task) {
        List<Thread> earlier = nonDaemonThreads();
        Notifier notifier = host.notifier(spec.name());
        DaemonSignals signals = new DaemonSignals(spec.name(), spec.stopTimeout(), host, notifier);
        try {
            host.begin();
            notifier.begin();
            signals.install();
            OwnContext.complete(spec.context());
            if (host instanceof Takeover takeover) {
                takeover.accept(spec);
            }
            task.run(new Context(host, signals, notifier, new ContextSockets(spec.name(), host)));
            awaitThreadsSince(earlier);
            signals.leaveTheEndToTheSignal();
            boolean failed = host.reportFailureUnlessReady(NEVER_READY);
            if (failed) {
                notifier.failed(NEVER_READY, OptionalInt.empty(), FAILED);
            }
            System.exit(failed ? FAILED : 0);
        } catch (Throwable failure) {
            // Whatever it is: the launcher waits for the reason, and the log for the stack trace.
            fail(host, signals, notifier, failure);
        }
    }

    /** A task that fails because a stop handler closes what it works on does not change that it was told to end. */
    private static void fail(TaskHost host, DaemonSignals signals, Notifier notifier, Throwable failure) {
        try {
            failure.printStackTrace();
            signals.leaveTheEndToTheSignal();
            Failure reason = Failure.of(failure);
            notifier.failed(reason.sentence(), reason.errno(), FAILED);
            host.reportFailure(failure);
        } finally {
            System.exit(FAILED);
        }
    }

    /**
     * As the JVM itself after main: the process lives until the task's last non-daemon thread, such as a server's, has ended.
     * A thread that was there before the task may be waiting for this one: it does not count.
     */
    private static void awaitThreadsSince(List<Thread> earlier) {
        List<Thread> threads = nonDaemonThreadsSince(earlier);
        while (!threads.isEmpty()) {
            try {
                threads.getFirst().join();
            } catch (InterruptedException e) {
                // the task has returned: nobody is left who would have a reason to interrupt
            }
            threads = nonDaemonThreadsSince(earlier);
        }
    }

    private static List<Thread> nonDaemonThreadsSince(List<Thread> earlier) {
        List<Thread> threads = nonDaemonThreads();
        threads.removeAll(earlier);
        return threads;
    }

    /** All but this one, and but the JVM's own that waits for the others. */
    private static List<Thread> nonDaemonThreads() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] threads = new Thread[root.activeCount() * 2 + 16];
        int count = root.enumerate(threads);
        List<Thread> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Thread thread = threads[i];
            if (!thread.isDaemon()
                    && !thread.equals(Thread.currentThread())
                    && !thread.getName().equals("DestroyJavaVM")) {
                found.add(thread);
            }
        }
        return found;
    }
}
