package org.daemonspec.examples.ping;

import java.util.List;
import org.daemonspec.DaemonSpec;
import org.daemonspec.examples.options.Options;

/** The real {@code ping} as a daemon, its output appended to a log. */
public final class PingExample {

    private static final String USAGE = "[--host H] [--pidfile F] [--log F]";

    private PingExample() {}

    /** A command, and options. */
    public static void main(String[] arguments) {
        Options options = Options.parse("ping", USAGE, arguments);
        DaemonSpec.Builder spec = DaemonSpec.builder().name("ping").usage(USAGE).pidfile(options.pidfile());
        options.path("--log").ifPresent(log -> spec.stdout(log).stderrToStdout());
        spec.main(
                options.command(), List.of("ping", "--", options.text("--host").orElse("127.0.0.1")));
    }
}
