package org.daemonspec.examples.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;

/** The server with the daemon mixed in. */
final class DaemonHelloServer extends HelloServer implements DaemonMixin {

    /** Bound to any port: it serves the daemon's. */
    DaemonHelloServer() {
        super(0);
    }

    @Override
    public HttpServer bindPort() throws IOException {
        return bind();
    }

    @Override
    public void serveOn(HttpServer server) {
        serve(server);
    }
}
