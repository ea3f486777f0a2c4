package org.daemonspec.examples.http;

import org.daemonspec.DaemonSpec;
import org.daemonspec.examples.options.Options;

/**
 * An HTTP server on the JDK's own {@code HttpServer}, as a daemon. It is ready when its port is bound, so {@code start} fails
 * with the reason when the port is taken.
 */
public final class HttpExample {

    private static final String USAGE = "[--port N] [--pidfile F] [--log F] [--umask OCTAL] [--user NAME]";
    private static final int LARGEST_PORT = 65535;
    private static final int LARGEST_UMASK = 0777;
    private static final int FIRST_FREE_PORT = 1024;

    private HttpExample() {}

    /** A command, and options. */
    public static void main(String[] arguments) {
        Options options = Options.parse("http", USAGE, arguments);
        DaemonSpec.Builder spec = DaemonSpec.builder()
                .name("http")
                .usage(USAGE)
                .pidfile(options.pidfile())
                .umask(options.number("--umask", 8, LARGEST_UMASK, 022));
        options.path("--log").ifPresent(log -> spec.stdout(log).stderrToStdout());
        int port = options.number("--port", 10, LARGEST_PORT, 8080);
        options.text("--user").ifPresent(user -> {
            spec.user(user);
            if (port < FIRST_FREE_PORT) {
                spec.keepCapabilities("net_bind_service"); // it binds the port itself, as that user
            }
        });
        new DaemonHelloServer(port).obey(spec.build(), options.command());
    }
}
