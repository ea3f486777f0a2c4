package org.daemonspec;

import java.util.List;
import java.util.stream.Collectors;
import org.daemonspec.internal.socket.TaskSockets;

/**
 * The sockets as a task asks for them.
 *
 * @param daemon how messages call it
 * @param all those of the specification first
 * @param specified how many of them the specification has
 */
record ContextSockets(String daemon, List<DaemonSocket> all, int specified) {

    static ContextSockets of(String daemon, TaskSockets sockets) {
        return new ContextSockets(
                daemon,
                sockets.all().stream().map(DaemonSocket::new).toList(),
                sockets.specified().size());
    }

    /** One that nobody asked for is only meant if there is no other. */
    DaemonSocket only() {
        if (specified == 1 || all.size() == 1) {
            return all.getFirst();
        }
        throw new IllegalStateException(
                all.isEmpty() ? none() : daemon + ": there are several sockets: " + names() + "; ask for one by name.");
    }

    DaemonSocket named(String name) {
        return all.stream()
                .filter(socket -> socket.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        all.isEmpty()
                                ? none()
                                : daemon + ": there is no socket '" + name + "', but " + names()
                                        + "; ask for one of them."));
    }

    private String none() {
        return daemon + ": there is no socket; give the specification one by listen(address), or start it with one, see"
                + " sd_listen_fds(3).";
    }

    private String names() {
        return all.stream().map(DaemonSocket::toString).collect(Collectors.joining(", "));
    }
}
