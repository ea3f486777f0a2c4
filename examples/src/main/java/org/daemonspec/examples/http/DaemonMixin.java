package org.daemonspec.examples.http;

import com.sun.net.httpserver.HttpServer;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import org.daemonspec.DaemonSpec;

/** Mixed into a server that binds and serves, makes it one that first becomes a daemon. The server's code is not touched. */
interface DaemonMixin {

    /** The server's own: binds its port. */
    HttpServer bindPort() throws IOException;

    /** The server's own: answers. */
    void serveOn(HttpServer server);

    /** Does what the words say; as a daemon it binds, serves, is ready, and closes its port when it is told to stop. */
    default void obey(DaemonSpec spec, String... words) {
        spec.main(words, context -> {
            HttpServer server = bindPort();
            context.socket().takePlaceOf(server.getAddress());
            // A JVM that is to end waits for threads in native calls; without its socket, the server's is not in one.
            context.onStop(() -> server.stop(0));
            serveOn(server);
            context.onTraining(() -> askOnce(context.socket().address()));
            context.ready();
        });
    }

    /** What a first client does, so that an AOT cache has the classes for that as well. */
    private static void askOnce(SocketAddress address) throws IOException {
        try (Socket client = new Socket()) {
            client.connect(address);
            client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            if (client.getInputStream().readAllBytes().length == 0) {
                throw new EOFException("no answer from " + address);
            }
        }
    }
}
