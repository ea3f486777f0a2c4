package org.daemonspec.examples.http;

import java.nio.file.Path;
import java.util.Set;
import org.daemonspec.DaemonSpec;
import org.daemonspec.examples.command.CommandFace;
import org.daemonspec.examples.command.Options;
import org.daemonspec.examples.command.Service;

/**
 * An HTTP server on the JDK's own {@code HttpServer}, as a daemon. It is ready when its port is bound, so {@code start} fails
 * with the reason when the port is taken.
 */
public final class HttpExample {

    private static final String USAGE =
            "http start|stop|restart|status|run [--port N] [--pidfile F] [--log F] [--umask OCTAL]";
    private static final int LARGEST_PORT = 65535;
    private static final int LARGEST_UMASK = 0777;

    private HttpExample() {}

    /** {@code start | stop | restart | status | run}. */
    public static void main(String[] arguments) throws Exception {
        CommandFace.main(USAGE, () -> obey(arguments));
    }

    private static void obey(String[] arguments) throws Exception {
        Options options = Options.parse(arguments, Set.of("--port", "--pidfile", "--log", "--umask"));
        Path pidfile = options.path("--pidfile").orElse(Options.defaultPidfile("http"));
        DaemonSpec.Builder spec = DaemonSpec.builder()
                .name("http")
                .pidfile(pidfile)
                .umask(options.number("--umask", 8, LARGEST_UMASK, 022));
        options.path("--log").ifPresent(log -> spec.stdout(log).stderrToStdout());
        DaemonHelloServer server = new DaemonHelloServer(options.number("--port", 10, LARGEST_PORT, 8080));

        new CommandFace("http", pidfile).obey(options.verb(), new Service() {
            @Override
            public void start() {
                server.serveAsDaemon(spec.build());
            }

            @Override
            public void run() throws Exception {
                server.serve(server.bind());
            }
        });
    }
}
