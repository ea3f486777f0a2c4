package org.daemonspec.internal.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.daemonspec.internal.daemon.Failure;
import org.daemonspec.internal.daemon.FilesAtEnd;
import org.daemonspec.internal.daemon.LogKeeper;
import org.daemonspec.internal.daemon.TaskHost;
import org.daemonspec.internal.notify.Notifier;
import org.daemonspec.internal.pidfile.HeldPidfile;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.socket.TaskSockets;

/**
 * The daemon's half of a start, in the JVM that the launcher made: takes over the descriptors, and says how it goes.
 * Thread-safe.
 */
public final class Takeover implements TaskHost {

    /**
     * Decided once: what a process is does not change. The one piece of state that is the process's own, since there is one
     * handoff to a process.
     */
    private static final Optional<Takeover> OF_THIS_PROCESS =
            Handoff.inherited().map(Takeover::new);

    private final Handoff handoff;
    private final LogKeeper logs;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final AtomicBoolean reported = new AtomicBoolean();
    private volatile TaskSockets sockets = TaskSockets.NONE;

    Takeover(Handoff handoff) {
        this.handoff = handoff;
        this.logs = new LogKeeper(handoff.logs());
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

    /** Makes the inherited descriptors this process's alone and has the pidfile removed at its end. */
    @Override
    public void begin() {
        try (Posix posix = Posix.open()) {
            Numbering numbers = handoff.numbers();
            posix.setCloseOnExec(numbers.status());
            handoff.pidfile().ifPresent(path -> posix.setCloseOnExec(numbers.lock()));
            handoff.preserved().forEach(posix::setCloseOnExec);
            sockets = TaskSockets.of(posix, handoff.sockets(), List.of());
            posix.inherited(numbers.handoff()).close();
            if (handoff.hasArgumentFile()) {
                posix.inherited(numbers.argumentFile()).close();
            }
            IntStream.of(handoff.stdoutLog(), handoff.stderrLog())
                    .filter(number -> number != 0)
                    .forEach(posix::setCloseOnExec);
        }
        FilesAtEnd.remove(pidfile(), sockets);
        logs.startRotating();
        pidfile().ifPresent(Takeover::keep);
        System.clearProperty(Handoff.PROPERTY);
    }

    @Override
    public TaskSockets sockets() {
        return sockets;
    }

    private Optional<HeldPidfile> pidfile() {
        return handoff.pidfile()
                .map(path -> new HeldPidfile(path, handoff.numbers().lock()));
    }

    /** The supervisor has started the launcher, which is about to leave: it has to learn who the service is now. */
    @Override
    public Notifier notifier(String name) {
        return new Notifier(
                name, Optional.empty(), OptionalLong.of(ProcessHandle.current().pid()));
    }

    @Override
    public void reportReady(Notifier notifier) {
        if (reported.compareAndSet(false, true)) {
            System.out.flush();
            System.err.flush();
            try (Posix posix = Posix.open()) {
                FirstWords.end(posix, handoff);
                pidfile().ifPresent(pidfile -> pidfile.markReady(posix));
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
        boolean first = reported.compareAndSet(false, true);
        if (first) {
            try (Posix posix = Posix.open()) {
                send(posix, new Status.Failed(reason));
            }
        }
        return first;
    }

    @Override
    public void markReloads() {
        if (handoff.pidfile().isPresent()) {
            try (Posix posix = Posix.open()) {
                pidfile().orElseThrow().markReloads(posix);
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

    private static void keep(HeldPidfile pidfile) {
        try {
            pidfile.ensureContent(ProcessHandle.current().pid());
            try (Posix posix = Posix.open()) {
                pidfile.markHolder(posix);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("write " + pidfile.path() + ": " + e + "; make room on its disk.", e);
        }
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
