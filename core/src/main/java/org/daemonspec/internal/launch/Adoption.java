package org.daemonspec.internal.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import org.daemonspec.internal.pidfile.HeldPidfile;
import org.daemonspec.internal.posix.FileErrno;
import org.daemonspec.internal.posix.OwnPid;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.socket.TaskSockets;
import org.jspecify.annotations.Nullable;

/**
 * Makes what a daemon inherited its own: descriptors that its children do not inherit, sockets, the mark in the pidfile. On a
 * thread of its own, since the first native call of a JVM takes as long as many a service needs to start; whoever needs the
 * result waits for it.
 */
final class Adoption extends Thread {

    private final Handoff handoff;
    private final Consumer<Throwable> onFailure;
    private TaskSockets sockets = TaskSockets.NONE;
    private @Nullable Throwable failure;

    private Adoption(Handoff handoff, Consumer<Throwable> onFailure) {
        super("daemonspec-adoption");
        setDaemon(true);
        this.handoff = handoff;
        this.onFailure = onFailure;
    }

    /**
     * Begins.
     *
     * @param onFailure learns on the other thread what went wrong, at once: the task may not ask for a long time
     */
    static Adoption start(Handoff handoff, Consumer<Throwable> onFailure) {
        Adoption adoption = new Adoption(handoff, onFailure);
        try {
            adoption.start();
        } catch (OutOfMemoryError noMoreThreads) {
            adoption.work();
        }
        return adoption;
    }

    /**
     * The sockets that the task listens on, when everything is done.
     *
     * @throws RuntimeException if it failed
     */
    TaskSockets await() {
        awaitEnd();
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        return sockets;
    }

    /** Waits until it is done or has failed. */
    void awaitEnd() {
        boolean interrupted = false;
        while (isAlive()) {
            try {
                join();
            } catch (InterruptedException e) {
                interrupted = true; // a matter of milliseconds: whoever is interrupted learns it after that
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        work();
    }

    private void work() {
        try (Posix posix = Posix.open()) {
            adopt(posix);
        } catch (RuntimeException | Error e) {
            failure = e; // thrown where somebody waits for this
            onFailure.accept(e);
        }
    }

    private void adopt(Posix posix) {
        Numbering numbers = handoff.numbers();
        posix.setCloseOnExec(numbers.status());
        if (handoff.pidfile().isPresent()) {
            posix.setCloseOnExec(numbers.lock());
        }
        for (int number : handoff.preserved()) {
            posix.setCloseOnExec(number);
        }
        setCloseOnExec(posix, handoff.stdoutLog());
        setCloseOnExec(posix, handoff.stderrLog());
        sockets = TaskSockets.of(posix, handoff.sockets(), List.of());
        posix.inherited(numbers.handoff()).close();
        if (handoff.hasArgumentFile()) {
            posix.inherited(numbers.argumentFile()).close();
        }
        if (handoff.heldPidfile().isPresent()) {
            keep(posix, handoff.heldPidfile().get());
        }
    }

    private static void setCloseOnExec(Posix posix, int log) {
        if (log != 0) {
            posix.setCloseOnExec(log);
        }
    }

    private static void keep(Posix posix, HeldPidfile pidfile) {
        try {
            pidfile.ensureContent(OwnPid.get());
            pidfile.markHolder(posix);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "write " + pidfile.path() + ": " + FileErrno.of(e)
                            + "; see that the daemon has a /proc, and room on that disk.",
                    e);
        }
    }
}
