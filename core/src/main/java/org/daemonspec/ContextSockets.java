package org.daemonspec;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.daemonspec.internal.daemon.TaskHost;
import org.daemonspec.internal.socket.ServedSocket;
import org.jspecify.annotations.Nullable;

/** The sockets as a task asks for them; a task that does not ask need not wait until they are there. Thread-safe. */
final class ContextSockets {

    private final String daemon;
    private final TaskHost host;
    private @Nullable List<DaemonSocket> all;

    /**
     * Those of a host.
     *
     * @param daemon how messages call it
     * @param host after its beginning
     */
    ContextSockets(String daemon, TaskHost host) {
        this.daemon = daemon;
        this.host = host;
    }

    /** Those of the specification first. */
    synchronized List<DaemonSocket> all() {
        if (all == null) {
            List<DaemonSocket> sockets = new ArrayList<>();
            for (ServedSocket socket : host.sockets().all()) {
                sockets.add(new DaemonSocket(socket));
            }
            all = List.copyOf(sockets);
        }
        return all;
    }

    /** One that nobody asked for is only meant if there is no other. */
    DaemonSocket only() {
        List<DaemonSocket> sockets = all();
        if (host.sockets().specified().size() == 1 || sockets.size() == 1) {
            return sockets.getFirst();
        }
        throw new IllegalStateException(
                sockets.isEmpty()
                        ? none()
                        : daemon + ": there are several sockets: " + names() + "; ask for one by name.");
    }

    DaemonSocket named(String name) {
        for (DaemonSocket socket : all()) {
            if (socket.name().equals(name)) {
                return socket;
            }
        }
        throw new IllegalStateException(
                all().isEmpty()
                        ? none()
                        : daemon + ": there is no socket '" + name + "', but " + names() + "; ask for one of them.");
    }

    private String none() {
        return daemon + ": there is no socket; give the specification one by listen(address), or start it with one, see"
                + " sd_listen_fds(3).";
    }

    private String names() {
        StringJoiner names = new StringJoiner(", ");
        for (DaemonSocket socket : all()) {
            names.add(socket.toString());
        }
        return names.toString();
    }
}
