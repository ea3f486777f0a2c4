package org.daemonspec.internal.socket;

import java.util.List;
import java.util.stream.Stream;
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
        return new TaskSockets(
                served(posix, specified),
                served(posix, others),
                specified.stream().flatMap(socket -> socket.file().stream()).toList());
    }

    /** Has the files removed after all shutdown hooks. To be called from a shutdown hook. */
    public void removeFilesAtHalt() {
        files.forEach(SocketFile::removeAtHalt);
    }

    private static List<ServedSocket> served(Posix posix, List<HandedSocket> handed) {
        SocketCalls calls = new SocketCalls(posix);
        return handed.stream()
                .map(socket -> {
                    posix.setCloseOnExec(socket.descriptor());
                    return new ServedSocket(
                            socket.name(),
                            calls.localAddress(socket.descriptor()).orElseThrow(),
                            socket.descriptor());
                })
                .toList();
    }

    /** All of them, those of the specification first. */
    public List<ServedSocket> all() {
        return Stream.concat(specified.stream(), others.stream()).toList();
    }
}
