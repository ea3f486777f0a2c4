package org.daemonspec.examples.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.daemonspec.DaemonSpec;
import org.daemonspec.ListenSocket;
import org.daemonspec.examples.options.Options;

/**
 * An HTTP server on the JDK's own {@code HttpServer}, as a daemon. Its port is opened before it starts, by whoever starts it or by
 * systemd, so {@code start} fails with the reason when the port is taken.
 */
public final class HttpExample {

    private static final String USAGE = "[--port N] [--pidfile F] [--log F] [--umask OCTAL] [--user NAME] [--aot F]";
    private static final int LARGEST_PORT = 65535;
    private static final int LARGEST_UMASK = 0777;

    private HttpExample() {}

    /** A command, and options. */
    public static void main(String[] arguments) {
        Options options = Options.parse("http", USAGE, arguments);
        DaemonSpec.Builder spec = DaemonSpec.builder()
                .name("http")
                .usage(USAGE)
                .pidfile(options.pidfile())
                .launcherOptions("-Xint", "-XX:+UseSerialGC") // which the script gives to every command
                .umask(options.number("--umask", 8, LARGEST_UMASK, 022));
        if (options.path("--log").isPresent()) {
            spec.stdout(options.path("--log").get()).stderrToStdout();
        }
        int port = options.number("--port", 10, LARGEST_PORT, 8080);
        // Opened by whoever starts it, so that port 80 is root's affair, and no right of the user's.
        spec.listen(ListenSocket.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .named("http"));
        if (options.text("--user").isPresent()) {
            spec.user(options.text("--user").get());
        }
        if (options.path("--aot").isPresent()) {
            spec.aotCache(options.path("--aot").get());
        }
        new DaemonHelloServer().obey(spec.build(), options.command());
    }
}
