package org.daemonspec.examples.wrapped;

import java.time.Duration;
import java.util.function.Consumer;
import org.daemonspec.DaemonSpec;
import org.daemonspec.examples.options.Options;

/** A plain function, wrapped to run as a daemon when it is called. */
public final class GreetExample {

    private static final String USAGE = "[--name N] [--pidfile F] [--log F]";

    private GreetExample() {}

    /** A command, and options. */
    public static void main(String[] arguments) {
        Options options = Options.parse("greet", USAGE, arguments);
        DaemonSpec.Builder spec =
                DaemonSpec.builder().name("greet").usage(USAGE).pidfile(options.pidfile());
        options.path("--log").ifPresent(log -> spec.stdout(log).stderrToStdout());

        Consumer<String> greetAsDaemon = Daemonized.function(spec.build(), options.command(), GreetExample::greet);
        greetAsDaemon.accept(options.text("--name").orElse("world"));
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
