package org.daemonspec.examples.ping;

import java.nio.file.Path;
import java.util.Set;
import org.daemonspec.DaemonHandle;
import org.daemonspec.DaemonSpec;
import org.daemonspec.examples.command.CommandFace;
import org.daemonspec.examples.command.Options;
import org.daemonspec.examples.command.Service;
import org.daemonspec.examples.command.Usage;

/** The real {@code ping} as a daemon, its output appended to a log. */
public final class PingExample {

    private static final String USAGE = "ping start|stop|restart|status|run --host H [--pidfile F] [--log F]";

    private PingExample() {}

    /** {@code start | stop | restart | status | run}. */
    public static void main(String[] arguments) throws Exception {
        CommandFace.main(USAGE, () -> obey(arguments));
    }

    private static void obey(String[] arguments) throws Exception {
        Options options = Options.parse(arguments, Set.of("--host", "--pidfile", "--log"));
        Path pidfile = options.path("--pidfile").orElse(Options.defaultPidfile("ping"));
        DaemonSpec.Builder spec = DaemonSpec.builder().name("ping").pidfile(pidfile);
        options.path("--log").ifPresent(log -> spec.stdout(log).stderrToStdout());

        new CommandFace("ping", pidfile).obey(options.verb(), new Service() {
            @Override
            public void start() {
                DaemonHandle daemon = spec.exec("ping", "--", host(options));
                System.out.println("ping: started (pid " + daemon.pid() + ")");
            }

            @Override
            public void run() throws Exception {
                System.exit(new ProcessBuilder("ping", "--", host(options))
                        .inheritIO()
                        .start()
                        .waitFor());
            }
        });
    }

    private static String host(Options options) {
        return options.text("--host").orElseThrow(() -> new Usage("--host is missing"));
    }
}
