package org.daemonspec.examples.wrapped;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import org.daemonspec.DaemonSpec;
import org.daemonspec.examples.command.CommandFace;
import org.daemonspec.examples.command.Options;
import org.daemonspec.examples.command.Service;

/** A plain function, wrapped to run as a daemon when it is called. */
public final class GreetExample {

    private static final String USAGE = "greet start|stop|restart|status|run [--name N] [--pidfile F] [--log F]";

    private GreetExample() {}

    /** {@code start | stop | restart | status | run}. */
    public static void main(String[] arguments) throws Exception {
        CommandFace.main(USAGE, () -> obey(arguments));
    }

    private static void obey(String[] arguments) throws Exception {
        Options options = Options.parse(arguments, Set.of("--name", "--pidfile", "--log"));
        Path pidfile = options.path("--pidfile").orElse(Options.defaultPidfile("greet"));
        DaemonSpec.Builder spec = DaemonSpec.builder().name("greet").pidfile(pidfile);
        options.path("--log").ifPresent(log -> spec.stdout(log).stderrToStdout());
        String name = options.text("--name").orElse("world");

        new CommandFace("greet", pidfile).obey(options.verb(), new Service() {
            @Override
            public void start() {
                Consumer<String> greetAsDaemon = Daemonized.function(spec.build(), GreetExample::greet);
                greetAsDaemon.accept(name);
            }

            @Override
            public void run() {
                greet(name);
            }
        });
    }

    private static void greet(String name) {
        try {
            while (true) {
                System.out.println("hello, " + name);
                Thread.sleep(Duration.ofSeconds(1));
            }
        } catch (InterruptedException e) {
            System.out.println("bye, " + name);
        }
    }
}
