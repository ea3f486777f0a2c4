package org.daemonspec.examples.jetty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.daemonspec.DaemonContext;
import org.daemonspec.DaemonSpec;
import org.daemonspec.ListenSocket;
import org.daemonspec.examples.options.Options;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** Jetty on a port that the launcher or systemd has opened. */
public final class JettyExample {

    private static final String USAGE = "[--port N] [--pidfile F] [--log F] [--user NAME]";
    private static final int LARGEST_PORT = 65535;

    private JettyExample() {}

    /** A command, and options. */
    public static void main(String[] arguments) {
        Options options = Options.parse("jetty", USAGE, arguments);
        int port = options.number("--port", 10, LARGEST_PORT, 8080);
        DaemonSpec.Builder spec = DaemonSpec.builder()
                .name("jetty")
                .usage(USAGE)
                .pidfile(options.pidfile())
                .listen(ListenSocket.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                        .named("http"));
        options.path("--log").ifPresent(log -> spec.stdout(log).stderrToStdout());
        options.text("--user").ifPresent(spec::user);
        spec.main(options.command(), JettyExample::serve);
    }

    private static void serve(DaemonContext context) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.open(context.socket().channel());
        server.addConnector(connector);
        server.setHandler(new Hello());
        context.onStop(server::stop);
        server.start();
        context.ready();
    }

    private static final class Hello extends Handler.Abstract.NonBlocking {

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
            Content.Sink.write(
                    response, true, "hello from pid " + ProcessHandle.current().pid() + "\n", callback);
            return true;
        }
    }
}
