package org.daemonspec.examples.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;

/** The server with the daemon mixed in. */
final class DaemonHelloServer extends HelloServer implements DaemonMixin {

    DaemonHelloServer(int port) {
        super(port);
    }

    @Override
    public int portToServe() {
        return port();
    }

    @Override
    public HttpServer bindPort(int port) throws IOException {
        return bind(port);
    }

    @Override
    public void serveOn(HttpServer server) {
        serve(server);
    }
}
