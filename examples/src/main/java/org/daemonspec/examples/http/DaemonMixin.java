package org.daemonspec.examples.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.util.List;
import org.daemonspec.DaemonSocket;
import org.daemonspec.DaemonSpec;

/** Mixed into a server that binds and serves, makes it one that first becomes a daemon. The server's code is not touched. */
interface DaemonMixin {

    /** The server's own: its port. */
    int portToServe();

    /** The server's own: binds a port; 0 for any that is free. */
    HttpServer bindPort(int port) throws IOException;

    /** The server's own: answers. */
    void serveOn(HttpServer server);

    /**
     * Does what the words say; as a daemon it binds, serves, is ready, and closes its port when it is told to stop. If systemd or inetd
     * has opened the socket already, it serves that.
     */
    default void obey(DaemonSpec spec, String... words) {
        spec.main(words, context -> {
            HttpServer server = bind(context.sockets());
            // A JVM that is to end waits for threads in native calls; without its socket, the server's is not in one.
            context.onStop(() -> server.stop(0));
            serveOn(server);
            context.ready();
        });
    }

    private HttpServer bind(List<DaemonSocket> opened) throws IOException {
        if (opened.isEmpty()) {
            return bindPort(portToServe());
        }
        // The server can only bind by itself: the socket takes the place of what it has bound.
        HttpServer server = bindPort(0);
        opened.getFirst().takePlaceOf(server.getAddress());
        return server;
    }
}
