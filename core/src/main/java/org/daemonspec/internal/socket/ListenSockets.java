package org.daemonspec.internal.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;

/**
 * The sockets of a daemon, opened before it starts. Closing them takes away the files of UNIX sockets that were made, unless they
 * are kept for a daemon that has started. Not thread-safe: belongs to the thread of its {@link Posix}.
 */
public final class ListenSockets implements AutoCloseable {

    /**
     * One of them.
     *
     * @param name of the specification
     * @param descriptor listens
     * @param file that was made; empty if there is none
     */
    record Opened(String name, Descriptor descriptor, Optional<SocketFile> file) {}

    private final List<Opened> opened = new ArrayList<>();
    private boolean kept;

    private ListenSockets() {}

    /**
     * Opens them all, in order.
     *
     * @throws RefusedSocketException if that is not possible for one of them; then nothing is left of the others
     */
    public static ListenSockets open(Posix posix, List<SocketSpec> specs, Place place) {
        ListenSockets sockets = new ListenSockets();
        try {
            for (SocketSpec spec : specs) {
                sockets.opened.add(
                        spec.isUnix()
                                ? new UnixListener(posix, spec, place).open()
                                : new InternetListener(posix, spec).open());
            }
            return sockets;
        } catch (RuntimeException e) {
            sockets.close();
            throw e;
        }
    }

    /** Their descriptors, in order. */
    public List<Descriptor> descriptors() {
        List<Descriptor> descriptors = new ArrayList<>();
        for (Opened socket : opened) {
            descriptors.add(socket.descriptor());
        }
        return descriptors;
    }

    /** As a process has them under these numbers, in order. */
    public List<HandedSocket> under(List<Integer> numbers) {
        List<HandedSocket> handed = new ArrayList<>();
        for (int i = 0; i < opened.size(); i++) {
            Opened socket = opened.get(i);
            handed.add(new HandedSocket(socket.name(), numbers.get(i), socket.file()));
        }
        return handed;
    }

    /** As this process has them: they are no longer closed here. */
    public List<HandedSocket> release() {
        kept = true;
        return opened.stream()
                .map(socket ->
                        new HandedSocket(socket.name(), socket.descriptor().release(), socket.file()))
                .toList();
    }

    /** The daemon has started: the files are its own. */
    public void keepFiles() {
        kept = true;
    }

    @Override
    public void close() {
        for (Opened socket : opened.reversed()) {
            if (!kept) {
                if (socket.file().isPresent()) {
                    socket.file().get().remove();
                }
            }
            socket.descriptor().close();
        }
        opened.clear();
    }
}
