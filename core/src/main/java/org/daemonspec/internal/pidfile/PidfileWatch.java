package org.daemonspec.internal.pidfile;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a pidfile to appear, to change, to be marked ready, or to be let go of, by inotify(7). Open it before looking at
 * the file, and nothing in between is missed; a new one for each look. Confined to the thread of its {@link Posix}.
 */
public final class PidfileWatch implements AutoCloseable {

    /** An event may be lost, as on a network file system: then it is as slow as this. */
    private static final Duration WITHOUT_EVENT = Duration.ofSeconds(1);

    /** Where inotify is not to be had. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    /** The kernel tells that a file was closed a little before it lets go of the file's lock. */
    private static final Duration UNLOCKING = Duration.ofMillis(5);

    private final Posix posix;
    private final Optional<Descriptor> events;
    private @Nullable Closer closer;

    /**
     * Closes the descriptor on a thread of its own: the kernel takes up to 50 ms for one of inotify's, and nobody has to wait for that. The
     * thread is started before there is something to wait for, since that takes a tenth of a millisecond, too.
     */
    private static final class Closer implements Runnable {
        private final int descriptor;
        private final CountDownLatch end = new CountDownLatch(1);

        Closer(int descriptor) {
            this.descriptor = descriptor;
        }

        @Override
        public void run() {
            boolean over = false;
            while (!over) {
                try {
                    end.await();
                    over = true;
                } catch (InterruptedException nobodyDoes) {
                    // the descriptor has to be closed all the same
                }
            }
            try (Posix own = Posix.open()) {
                own.inherited(descriptor).close();
            }
        }
    }

    private PidfileWatch(Posix posix, Optional<Descriptor> events) {
        this.posix = posix;
        this.events = events;
    }

    /** Begins to watch. */
    public static PidfileWatch of(Posix posix, Path pidfile) {
        Optional<Descriptor> events = posix.fileEvents();
        events.ifPresent(descriptor -> {
            Path parent = pidfile.toAbsolutePath().getParent();
            if (parent != null) {
                posix.watchDirectory(descriptor, ByteString.of(parent));
            }
            posix.watchFile(descriptor, ByteString.of(pidfile));
        });
        return new PidfileWatch(posix, events);
    }

    /**
     * Waits until something has happened to the file, or the process has ended, but not longer than this, nor than a second.
     *
     * @param holder the process that holds the lock, if it is known: it has ended when its descriptor is readable
     * @return whether it has ended, without another call to ask: whoever waits for that is in a hurry now
     */
    public boolean await(Optional<Descriptor> holder, Duration most) {
        List<Descriptor> both =
                Stream.of(holder, events).flatMap(Optional::stream).toList();
        if (both.isEmpty()) {
            posix.pause(min(most, BETWEEN_LOOKS));
            return false;
        }
        if (events.isPresent()) {
            prepareToClose(events.get());
        }
        int first = posix.firstReadable(both, min(most, events.isPresent() ? WITHOUT_EVENT : BETWEEN_LOOKS));
        if (holder.isPresent()) {
            return first == 0;
        }
        if (first >= 0) {
            posix.pause(min(most, UNLOCKING));
        }
        return false;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void prepareToClose(Descriptor descriptor) {
        if (closer != null) {
            return;
        }
        Closer waiting = new Closer(descriptor.number());
        Thread thread = new Thread(waiting, "daemonspec-close");
        thread.setDaemon(true);
        try {
            thread.start();
            closer = waiting;
        } catch (OutOfMemoryError noMoreThreads) {
            // then it is closed by this one
        }
    }

    @Override
    public void close() {
        if (events.isEmpty()) {
            return;
        }
        Descriptor descriptor = events.get();
        prepareToClose(descriptor);
        if (closer == null) {
            descriptor.close();
        } else {
            descriptor.release();
            closer.end.countDown();
        }
    }
}
