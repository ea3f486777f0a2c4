package org.daemonspec.internal.launch;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Attendant} at work: the pipes in the place of those standard streams that would lead to {@code /dev/null}, and its
 * thread. Close it when the start is over, however: the attendant's reads and writes fail from then on, and it is interrupted.
 * Not thread-safe: belongs to the thread of its {@link Posix}.
 */
final class Attendance implements AutoCloseable {

    private static final int STDIN = 0;
    private static final int STDOUT = 1;
    private static final int STDERR = 2;

    private final Posix posix;
    private final Attendant attendant;
    private final SortedMap<Integer, Descriptor> daemonEnds = new TreeMap<>();
    private final List<Descriptor> end;
    private @Nullable PipeEnd stdin;
    private @Nullable PipeEnd stdout;
    private @Nullable PipeEnd stderr;
    private @Nullable Thread thread;
    private volatile @Nullable Throwable failure;

    private Attendance(Posix posix, Attendant attendant) {
        this.posix = posix;
        this.attendant = attendant;
        this.end = posix.pipe();
    }

    /** Makes the pipes. */
    static Attendance prepare(Posix posix, LaunchSpec spec, Attendant attendant) {
        Attendance attendance = new Attendance(posix, attendant);
        try {
            attendance.makePipes(spec);
            return attendance;
        } catch (RuntimeException e) {
            attendance.close();
            throw e;
        }
    }

    private void makePipes(LaunchSpec spec) {
        if (spec.stdin() instanceof StandardStream.Null) {
            List<Descriptor> pipe = posix.pipe();
            daemonEnds.put(STDIN, pipe.getFirst());
            stdin = new PipeEnd(pipe.getLast());
        }
        if (spec.stdout() instanceof StandardStream.Null) {
            stdout = output(STDOUT);
        }
        if (spec.stderr() instanceof StandardStream.Null) {
            stderr = output(STDERR);
        } else if (spec.stderr() instanceof StandardStream.SameAsStdout && stdout != null) {
            daemonEnds.put(STDERR, daemonEnds.get(STDOUT));
        }
    }

    private PipeEnd output(int number) {
        List<Descriptor> pipe = posix.pipe();
        daemonEnds.put(number, pipe.getLast());
        return new PipeEnd(pipe.getFirst());
    }

    /** What the daemon has instead of its standard streams. */
    SortedMap<Integer, Descriptor> daemonEnds() {
        return daemonEnds;
    }

    /** Closes our own copies of the daemon's ends: from here on, end of file is the daemon's doing. */
    void closeDaemonEnds() {
        daemonEnds.values().forEach(Descriptor::close);
    }

    /** The process is there. */
    void begin() {
        Pipes pipes = new Pipes(
                Optional.ofNullable(stdin).map(PipeEnd::toOutput),
                Optional.ofNullable(stdout).map(PipeEnd::toInput),
                Optional.ofNullable(stderr).map(PipeEnd::toInput));
        int atEnd = end.getLast().release();
        thread = Thread.ofPlatform().daemon().name("daemonspec-attendant").unstarted(() -> attend(pipes, atEnd));
        thread.start();
    }

    private void attend(Pipes pipes, int atEnd) {
        try {
            attendant.attend(pipes);
        } catch (Throwable e) {
            // whatever it is: it is the reason why the start fails
            failure = e;
        } finally {
            try (Posix own = Posix.open()) {
                own.inherited(atEnd).close();
            }
        }
    }

    /** Becomes readable when the attendant has come to its end. */
    Descriptor ended() {
        return end.getFirst();
    }

    /** Waits for the attendant's end; {@code false} when the time is over first. */
    boolean awaitEnd(Duration timeout) {
        return posix.awaitReadable(ended(), timeout);
    }

    /** Why the attendant failed, if it has. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** Whether the daemon's output goes to the attendant, all or some. */
    boolean hasOutput() {
        return stdout != null || stderr != null;
    }

    /** Whether there is output that the attendant does not read. */
    boolean leavesOutput() {
        return (stdout != null && stdout.hasUnread()) || (stderr != null && stderr.hasUnread());
    }

    @Override
    public void close() {
        closeDaemonEnds();
        Stream.of(Optional.ofNullable(stdin), Optional.ofNullable(stdout), Optional.ofNullable(stderr))
                .flatMap(Optional::stream)
                .forEach(PipeEnd::close);
        if (thread != null) {
            thread.interrupt();
        }
        end.forEach(Descriptor::close);
    }
}
