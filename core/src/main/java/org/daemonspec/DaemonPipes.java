package org.daemonspec;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.daemonspec.internal.launch.Pipes;

/**
 * The launcher's ends of a daemon's standard streams from the moment when its process exists until it is ready, see pipe(7) and
 * {@link DaemonSpec#launch(DaemonTask, Attendant)}. Only those that the specification leaves at {@code /dev/null} are pipes; when
 * the daemon is ready, that is where they lead.
 *
 * <p>Thread-safe. The streams are unbuffered; a read or a write waits for the daemon, and closing a stream does not wait for either.
 * All are closed when {@code launch} returns or throws.
 */
public final class DaemonPipes {

    /** Accompanies a start at the launcher's end of the pipes. */
    @FunctionalInterface
    public interface Attendant {

        /**
         * Runs in the launcher, on a thread of its own.
         *
         * @param pipes the daemon's standard streams
         * @throws Exception for any reason: the daemon is ended, and the start fails with this cause
         */
        void attend(DaemonPipes pipes) throws Exception;
    }

    private final Pipes pipes;

    DaemonPipes(Pipes pipes) {
        this.pipes = pipes;
    }

    /**
     * What the daemon reads as {@code System.in}: the place for a secret, which arguments and environment are not. Close it, and the
     * daemon reads end of file. A write fails when the daemon is ready or has ended (EPIPE).
     *
     * @return the stream
     * @throws IllegalStateException if the specification sends stdin elsewhere
     */
    public OutputStream stdin() {
        return pipe(pipes.stdin(), "stdin");
    }

    /**
     * What the daemon writes to stdout; ends when the daemon is ready or has ended. The pipe holds 64 KiB as a rule: a daemon that
     * writes more waits until it is read.
     *
     * @return the stream; with stderrToStdout both
     * @throws IllegalStateException if the specification sends stdout elsewhere
     */
    public InputStream stdout() {
        return pipe(pipes.stdout(), "stdout");
    }

    /**
     * What the daemon writes to stderr, as {@link #stdout}.
     *
     * @return the stream
     * @throws IllegalStateException if the specification sends stderr elsewhere, be it to stdout
     */
    public InputStream stderr() {
        return pipe(pipes.stderr(), "stderr");
    }

    private static <T> T pipe(Optional<T> stream, String name) {
        return stream.orElseThrow(() -> new IllegalStateException(
                name + ": no pipe, since the specification sends it elsewhere; leave it at its default to have one."));
    }
}
