package org.daemonspec.internal.daemon;

import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.daemonspec.internal.control.Seconds;
import org.daemonspec.internal.notify.Notifier;
import org.daemonspec.internal.signals.JvmSignals;

/**
 * What SIGTERM, SIGINT and SIGHUP do in the process of a task. Thread-safe.
 *
 * <p>The first two run the stop handlers, once, and then end the process with exit status 0: shutdown hooks run, and then the
 * pidfile goes. SIGHUP reopens the logs and then runs the reload handlers, one round at a time; however many come during a
 * round, one more follows it.
 */
public final class DaemonSignals {

    /** What a handler does. */
    @FunctionalInterface
    public interface Handler {

        /** Does it. */
        void run() throws Exception;
    }

    /** What SIGTERM and SIGINT do. */
    private final class End implements Consumer<String> {

        @Override
        public void accept(String signal) {
            stop(signal);
        }
    }

    /** Runs the stop handlers, on a thread that can be left behind. */
    private final class StopHandlers extends Thread {

        private volatile boolean succeeded;

        private StopHandlers() {
            super("daemonspec-stop");
            setDaemon(true);
        }

        @Override
        public void run() {
            succeeded = succeedAll();
        }
    }

    /** What SIGHUP does. */
    private final class Hangup implements Consumer<String> {

        @Override
        public void accept(String signal) {
            reload(signal);
        }
    }

    private static final Duration LONGEST_COMPLAINT = Duration.ofSeconds(1);

    private final String name;
    private final Duration stopTimeout;
    private final TaskHost host;
    private final Notifier notifier;
    private final Deque<Handler> onStop = new ConcurrentLinkedDeque<>();
    private final Deque<Handler> onReload = new ConcurrentLinkedDeque<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicInteger reloadsAsked = new AtomicInteger();

    /** What signals do to the task of this name. */
    public DaemonSignals(String name, Duration stopTimeout, TaskHost host, Notifier notifier) {
        this.name = name;
        this.stopTimeout = stopTimeout;
        this.host = host;
        this.notifier = notifier;
    }

    /** From here on, signals do what they are said to. */
    public void install() {
        try {
            JvmSignals.handle("TERM", new End());
            JvmSignals.handle("INT", new End());
            JvmSignals.handle("HUP", new Hangup());
        } catch (IllegalArgumentException withXrs) {
            System.err.println(
                    name + ": with the JVM option -Xrs signals end the process at once: neither stop nor reload"
                            + " handlers will run; remove the option.");
        }
    }

    /** The last one registered is the first to run, as resources are closed. */
    public void onStop(Handler handler) {
        onStop.addFirst(handler);
    }

    /** They run in the order of registration. */
    public void onReload(Handler handler) {
        onReload.addLast(handler);
        host.markReloads();
    }

    /** Whether a signal is ending the process. */
    public boolean isStopping() {
        return stopping.get();
    }

    /** While a signal ends the process, nobody else does: does not return then. */
    public void leaveTheEndToTheSignal() {
        while (isStopping()) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                // the process is about to end, and this thread has nothing left to do
            }
        }
    }

    private void stop(String signal) {
        if (stopping.compareAndSet(false, true)) {
            int exitStatus = 1;
            try {
                notifier.stopping();
                host.reportFailureUnlessReady("it was stopped by " + signal + " before it was ready");
                exitStatus = runStopHandlers() ? 0 : 1;
                if (exitStatus != 0) {
                    notifier.failed(
                            "a stop handler failed, or did not return in time", OptionalInt.empty(), exitStatus);
                }
            } finally {
                System.exit(exitStatus); // whatever happened: a process that was told to end ends
            }
        }
    }

    /** Whether all of them returned normally and in time. */
    private boolean runStopHandlers() {
        if (onStop.isEmpty()) {
            return true;
        }
        StopHandlers thread = new StopHandlers();
        try {
            thread.start();
        } catch (OutOfMemoryError noMoreThreads) {
            return succeedAll(); // rather without a limit of time than not at all
        }
        try {
            if (thread.join(stopTimeout)) {
                return thread.succeeded;
            }
        } catch (InterruptedException e) {
            // nobody has a reason to interrupt a thread of the JVM's own: as if the time were over
        }
        complainAbout(thread);
        return false;
    }

    private boolean succeedAll() {
        boolean all = true;
        for (Handler handler : onStop) {
            all &= succeeds("stop", handler);
        }
        return all;
    }

    private void complainAbout(Thread thread) {
        StringBuilder complaint = new StringBuilder(name + ": the stop handlers have not returned after "
                + Seconds.of(stopTimeout) + " (stopTimeout) and are left behind; they are at");
        for (StackTraceElement element : thread.getStackTrace()) {
            complaint.append(System.lineSeparator()).append("\tat ").append(element);
        }
        sayWithin(LONGEST_COMPLAINT, complaint);
    }

    /** Whoever reads stderr may have stopped reading it, which is no reason not to end. */
    private static void sayWithin(Duration timeout, Object complaint) {
        Thread thread =
                Thread.ofPlatform().daemon().name("daemonspec-complaint").start(() -> System.err.println(complaint));
        try {
            thread.join(timeout);
        } catch (InterruptedException e) {
            // as above
        }
    }

    private void reload(String signal) {
        if (host.isHangup()) {
            stop(signal);
        } else if (reloadsAsked.getAndIncrement() == 0) {
            int done;
            do {
                done = reloadsAsked.get();
                notifier.reloading();
                succeeds("log", host::reopenLogs);
                List.copyOf(onReload).forEach(handler -> succeeds("reload", handler));
                notifier.reloaded();
            } while (!reloadsAsked.compareAndSet(done, 0));
        }
    }

    private boolean succeeds(String kind, Handler handler) {
        try {
            handler.run();
            return true;
        } catch (Throwable failure) {
            // whatever it is: the daemon goes on, or its other handlers do, and the log says why
            System.err.println(name + ": a " + kind + " handler failed: " + failure);
            failure.printStackTrace();
            return false;
        }
    }
}
