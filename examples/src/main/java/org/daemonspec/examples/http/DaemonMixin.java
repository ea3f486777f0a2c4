package org.daemonspec.examples.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import org.daemonspec.DaemonSpec;

/** Mixed into a server that binds and serves, makes it one that first becomes a daemon. The server's code is not touched. */
interface DaemonMixin {

    /** The server's own: binds its port. */
    HttpServer bindPort() throws IOException;

    /** The server's own: answers. */
    void serveOn(HttpServer server);

    /** Becomes a daemon, binds, is ready, serves. */
    default void serveAsDaemon(DaemonSpec spec) {
        spec.detach(context -> {
            HttpServer server = bindPort();
            serveOn(server);
            context.ready();
        });
    }
}
