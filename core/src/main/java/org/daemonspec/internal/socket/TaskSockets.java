package org.daemonspec.internal.socket;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SocketCalls;

/**
 * What a task listens on. Thread-safe.
 *
 * @param specified those of the specification, in order
 * @param others that a supervisor gave, and nobody asked for
 * @param files of UNIX sockets that were made for this process
 */
public record TaskSockets(List<ServedSocket> specified, List<ServedSocket> others, List<SocketFile> files) {

    /** For a task that listens on nothing, or by itself. */
    public static final TaskSockets NONE = new TaskSockets(List.of(), List.of(), List.of());

    public TaskSockets {
        specified = List.copyOf(specified);
        others = List.copyOf(others);
        files = List.copyOf(files);
    }

    /** Takes over descriptors: from here on they are this process's alone. */
    public static TaskSockets of(Posix posix, List<HandedSocket> specified, List<HandedSocket> others) {
        List<SocketFile> files = new ArrayList<>();
        for (HandedSocket socket : specified) {
            if (socket.file().isPresent()) {
                files.add(socket.file().get());
            }
        }
        return new TaskSockets(served(posix, specified), served(posix, others), files);
    }

    private static List<ServedSocket> served(Posix posix, List<HandedSocket> handed) {
        SocketCalls calls = new SocketCalls(posix);
        List<ServedSocket> served = new ArrayList<>();
        for (HandedSocket socket : handed) {
            posix.setCloseOnExec(socket.descriptor());
            SocketAddress address = calls.localAddress(socket.descriptor()).orElseThrow();
            served.add(new ServedSocket(socket.name(), address, socket.descriptor()));
        }
        return served;
    }

    /** All of them, those of the specification first. */
    public List<ServedSocket> all() {
        List<ServedSocket> all = new ArrayList<>(specified);
        all.addAll(others);
        return all;
    }
}
