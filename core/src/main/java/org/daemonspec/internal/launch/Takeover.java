package org.daemonspec.internal.launch;

import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.daemonspec.internal.daemon.Failure;
import org.daemonspec.internal.daemon.FilesAtEnd;
import org.daemonspec.internal.daemon.LogKeeper;
import org.daemonspec.internal.daemon.TaskHost;
import org.daemonspec.internal.notify.Notifier;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.NativeAccess;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.socket.TaskSockets;

/**
 * The daemon's half of a start, in the JVM that the launcher made: takes over the descriptors, and says how it goes.
 * Thread-safe.
 */
public final class Takeover implements TaskHost {

    private static final int FAILED = 1;

    /**
     * Decided once: what a process is does not change. The one piece of state that is the process's own, since there is one
     * handoff to a process.
     */
    private static final Optional<Takeover> OF_THIS_PROCESS = inherited();

    private final Handoff handoff;
    private final Adoption adoption;
    private final LogKeeper logs;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final AtomicBoolean reported = new AtomicBoolean();

    Takeover(Handoff handoff) {
        this.handoff = handoff;
        this.logs = new LogKeeper(handoff.logs());
        this.adoption = Adoption.start(handoff, new Consumer<>() {
            @Override
            public void accept(Throwable failure) {
                reportFailedAdoption(failure);
            }
        });
    }

    private static Optional<Takeover> inherited() {
        Optional<Handoff> handoff = handedOn();
        return handoff.isPresent() ? Optional.of(new Takeover(handoff.get())) : Optional.empty();
    }

    /** Who cannot read what it was handed knows neither what to do nor whom to tell. */
    private static Optional<Handoff> handedOn() {
        try {
            return Handoff.inherited();
        } catch (UncheckedIOException e) {
            System.err.println("daemonspec: " + e.getMessage());
            Runtime.getRuntime().halt(FAILED);
            throw e;
        }
    }

    /** Begins the takeover, which takes time, if there is one: while main builds the specification. */
    public static void prepare() {
        ofThisProcess();
    }

    /** Begins the first native call of a launcher: as soon as it is certain that there will be one. */
    public static void prepareLauncher() {
        if (ofThisProcess().isEmpty()) {
            NativeAccess.prepareInBackground();
        }
    }

    /** The takeover if this process is a daemon that daemonspec launched; empty in a launcher. */
    public static Optional<Takeover> ofThisProcess() {
        return OF_THIS_PROCESS;
    }

    /**
     * Makes this call the one that the process was started for; before anything else.
     *
     * @throws IllegalStateException if another call was
     */
    public void claim() {
        if (!claimed.compareAndSet(false, true)) {
            throw new IllegalStateException("This process is a daemon already; start another with exec(...).");
        }
    }

    /**
     * Takes the specification that main built here for the one that the launcher has.
     *
     * @throws IllegalStateException if main built another one
     */
    public void accept(LaunchSpec spec) {
        if (!handoff.fingerprint().equals(spec.fingerprint())) {
            throw new IllegalStateException("The launcher's DaemonSpec (name and pidfile "
                    + handoff.fingerprint().replace('\n', ' ') + ") is not the one that main built in the daemon ("
                    + spec.fingerprint().replace('\n', ' ')
                    + "); build the same one in both (a path made absolute in main is another one there, since the"
                    + " working directory is: pass it relative, or absolute from an argument), and one task per"
                    + " program.");
        }
    }

    /**
     * Has the pidfile removed at its end, and waits until the inherited descriptors are this process's alone: what native code of the task
     * starts would have them otherwise, and keep the lock beyond the daemon's end.
     */
    @Override
    public void begin() {
        FilesAtEnd.remove(handoff.heldPidfile(), handoff.socketFiles());
        adoption.await();
        logs.startRotating();
        System.clearProperty(Handoff.PROPERTY);
    }

    @Override
    public TaskSockets sockets() {
        return adoption.await();
    }

    /** The supervisor has started the launcher, which is about to leave: it has to learn who the service is now. */
    @Override
    public Notifier notifier(String name) {
        return new Notifier(name, Optional.empty(), true);
    }

    @Override
    public void reportReady(Notifier notifier) {
        if (reported.get()) {
            return;
        }
        adoption.await();
        if (reported.compareAndSet(false, true)) {
            System.out.flush();
            System.err.flush();
            try (Posix posix = Posix.open()) {
                FirstWords.end(posix, handoff);
                if (handoff.heldPidfile().isPresent()) {
                    handoff.heldPidfile().get().markReady(posix);
                }
                notifier.ready(); // before the launcher leaves, which a supervisor could take for the end of the
                // service
                send(posix, new Status.Ready());
            }
        }
    }

    @Override
    public void reportFailure(Throwable failure) {
        reportFailureUnlessReady(Failure.of(failure).sentence());
    }

    @Override
    public boolean reportFailureUnlessReady(String reason) {
        adoption.awaitEnd(); // what went wrong there is the reason, and has been reported
        boolean first = reported.compareAndSet(false, true);
        if (first) {
            sendFailure(reason);
        }
        return first;
    }

    /** On the thread of the adoption, which nobody may wait for there. */
    private void reportFailedAdoption(Throwable failure) {
        if (reported.compareAndSet(false, true)) {
            try {
                sendFailure(Failure.of(failure).sentence());
            } catch (RuntimeException | LinkageError noNativeCalls) {
                reported.set(false); // the launcher learns it by the end of this process
            }
        }
    }

    private void sendFailure(String reason) {
        try (Posix posix = Posix.open()) {
            send(posix, new Status.Failed(reason));
        }
    }

    @Override
    public void markReloads() {
        if (handoff.heldPidfile().isPresent()) {
            try (Posix posix = Posix.open()) {
                handoff.heldPidfile().get().markReloads(posix);
            }
        }
    }

    @Override
    public void reopenLogs() {
        logs.reopen();
    }

    /** A daemon has no terminal. */
    @Override
    public boolean isHangup() {
        return false;
    }

    private void send(Posix posix, Status status) {
        try (Descriptor pipe = posix.inherited(handoff.numbers().status())) {
            posix.write(pipe, status.toBytes());
        } catch (SystemCallException e) {
            if (!e.is(Errno.EPIPE)) { // a launcher that was killed does not want to know; the daemon goes on
                throw e;
            }
        }
    }
}
