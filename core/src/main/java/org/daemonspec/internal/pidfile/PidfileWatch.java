package org.daemonspec.internal.pidfile;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;

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
     */
    public void await(Optional<Descriptor> holder, Duration most) {
        if (events.isEmpty()) {
            posix.pause(min(most, BETWEEN_LOOKS));
            return;
        }
        List<Descriptor> both =
                Stream.of(events, holder).flatMap(Optional::stream).toList();
        boolean happened = posix.awaitReadable(both, min(most, WITHOUT_EVENT));
        if (happened && holder.isEmpty()) {
            posix.pause(min(most, UNLOCKING));
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** On a thread of its own: the kernel takes up to 50 ms to close such a descriptor, and nobody has to wait for that. */
    @Override
    public void close() {
        if (events.isEmpty()) {
            return;
        }
        int number = events.get().release();
        Thread closer = new Thread(new Runnable() {
            @Override
            public void run() {
                try (Posix own = Posix.open()) {
                    own.inherited(number).close();
                }
            }
        });
        closer.setName("daemonspec-close");
        closer.setDaemon(true);
        try {
            closer.start();
        } catch (OutOfMemoryError noMoreThreads) {
            posix.inherited(number).close();
        }
    }
}
