package org.daemonspec.internal.notify;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.MonotonicClock;
import org.daemonspec.internal.posix.OwnPid;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * Tells the supervisor of this process how its task does, in order, if there is a supervisor that wants to know: sd_notify(3), and
 * the descriptor of s6. Whatever fails here fails nothing else: it is said on stderr. Thread-safe.
 */
public final class Notifier {

    private enum Phase {
        STARTING,
        READY,
        RELOADING,
        STOPPING
    }

    private final Optional<NotifySocket> socket;
    private final Optional<S6Readiness> readiness;
    private final boolean isUnknown;
    private final Complaints ofDelivery;
    private final Complaints ofHealth;
    private Optional<Watchdog> watchdog = Optional.empty();
    private volatile boolean knownToBeReady;
    private volatile Phase phase = Phase.STARTING;

    /**
     * One for this process; nothing is sent, nor is a thread started, before {@link #begin}.
     *
     * @param name what complaints call the program
     * @param readiness of s6
     * @param isUnknown whether the supervisor takes another process for the service, and has to learn that it is this one
     */
    public Notifier(String name, Optional<S6Readiness> readiness, boolean isUnknown) {
        this.socket = NotifySocket.ofThisProcess();
        this.readiness = readiness;
        this.isUnknown = isUnknown;
        this.ofDelivery = new Complaints(name);
        this.ofHealth = new Complaints(name);
    }

    /** A supervisor learns from here on that the process lives, and that it ends. */
    public synchronized void begin() {
        if (readiness.isPresent()) {
            readiness.get().keepFromChildren();
        }
        if (socket.isEmpty()) {
            return;
        }
        Optional<String> problem = socket.get().problem();
        if (problem.isPresent()) {
            ofDelivery.say(problem.get());
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopping, "daemonspec-notify"));
        startWatchdog();
    }

    private void startWatchdog() {
        try {
            watchdog = Watchdog.timeout(System.getenv(Watchdog.TIME), System.getenv(Watchdog.PROCESS), OwnPid.get())
                    .map(timeout -> new Watchdog(timeout, new Signs()));
            watchdog.ifPresent(Watchdog::start);
        } catch (IllegalArgumentException e) {
            ofHealth.say(String.valueOf(e.getMessage()));
        }
    }

    /** The service can be used. Once. */
    public synchronized void ready() {
        if (phase != Phase.STARTING) {
            return;
        }
        phase = Phase.READY;
        if (socket.isPresent()) {
            knownToBeReady = send(Notification.ready(mainPid()));
        }
        if (readiness.isPresent()) {
            try {
                readiness.get().announce();
            } catch (SystemCallException e) {
                ofDelivery.say(e.getMessage() + "; s6 is not told that the service is ready.");
            }
        }
    }

    private OptionalLong mainPid() {
        return isUnknown ? OptionalLong.of(OwnPid.get()) : OptionalLong.empty();
    }

    /** The configuration is about to be read again; a service that is not ready yet reads it for the first time anyway. */
    public synchronized void reloading() {
        if (phase == Phase.READY) {
            phase = Phase.RELOADING;
            send(Notification.reloading(MonotonicClock.microseconds()));
        }
    }

    /** It has been read. */
    public synchronized void reloaded() {
        if (phase == Phase.RELOADING) {
            phase = Phase.READY;
            send(Notification.ready(OptionalLong.empty()));
        }
    }

    /** The service is about to end. Once. */
    public synchronized void stopping() {
        if (phase != Phase.STOPPING) {
            phase = Phase.STOPPING;
            if (socket.isPresent()) {
                send(Notification.stopping());
            }
        }
    }

    /**
     * The process will end because of that.
     *
     * @param errno of the system call that failed, if it was one
     */
    public void failed(String reason, OptionalInt errno, int exitStatus) {
        send(Notification.failed(reason, errno, exitStatus));
    }

    /** How it does, for people. */
    public void status(String text) {
        send(Notification.status(text));
    }

    /** What it is doing takes longer. */
    public void extendTimeout(Duration time) {
        send(Notification.extendTimeout(time));
    }

    /** What is asked before each sign of life. */
    public synchronized void healthCheck(HealthCheck check) {
        if (watchdog.isPresent()) {
            watchdog.get().check(check);
        }
    }

    /** Whether somebody has it. */
    private boolean send(Notification message) {
        if (socket.isEmpty() || socket.get().problem().isPresent()) {
            return false;
        }
        try {
            socket.get().send(message);
            ofDelivery.forget();
            return true;
        } catch (IOException e) {
            if (!(knownToBeReady && isGone(e))) {
                ofDelivery.say("the supervisor is not notified: " + e.getMessage());
            }
            return false;
        }
    }

    /** As start-stop-daemon(8), which only waits until a service is ready. */
    private static boolean isGone(IOException failure) {
        return failure.getCause() instanceof SystemCallException call
                && (call.is(Errno.ENOENT) || call.is(Errno.ECONNREFUSED));
    }

    /** What the watchdog has to say. */
    private final class Signs implements Watchdog.Listener {

        @Override
        public void alive() {
            send(Notification.alive());
            ofHealth.forget();
        }

        /** A service that is being stopped may well fail a check that was under way: that would make a failure of its end. */
        @Override
        public void unhealthy(Throwable reason) {
            synchronized (Notifier.this) {
                if (!isUp()) {
                    return;
                }
                send(Notification.unhealthy("unhealthy: " + reason));
            }
            ofHealth.say("the health check failed: " + Notification.oneLine(reason.toString())
                    + "; its supervisor has been told to act.");
        }

        @Override
        public boolean isUp() {
            Phase now = phase;
            return now == Phase.READY || now == Phase.RELOADING;
        }
    }
}
