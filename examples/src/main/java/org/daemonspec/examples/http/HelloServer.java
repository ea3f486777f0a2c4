package org.daemonspec.examples.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** A server as it may exist already: it knows nothing of daemons. */
class HelloServer {

    private final int port;

    HelloServer(int port) {
        this.port = port;
    }

    /** The server as a plain program: {@code HelloServer PORT}. */
    public static void main(String[] arguments) throws IOException {
        HelloServer server = new HelloServer(Integer.parseInt(arguments[0]));
        server.serve(server.bind());
    }

    /** Binds the port, on the loopback interface; a port that is taken is a {@link java.net.BindException}. */
    HttpServer bind() throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try {
            return HttpServer.create(address, 0);
        } catch (IOException e) {
            IOException withAddress = new java.net.BindException(e.getMessage() + ": " + address);
            withAddress.initCause(e);
            throw withAddress;
        }
    }

    /** Answers until the process is told to end. */
    void serve(HttpServer server) {
        server.createContext("/", HelloServer::answer);
        server.start();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        byte[] body = ("hello from pid " + ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8);
        System.out.println(Instant.now() + " " + exchange.getRequestMethod() + " " + exchange.getRequestURI());
        exchange.sendResponseHeaders(200, body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }
}
