package org.daemonspec.examples.subclass;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.daemonspec.examples.options.Options;

/** A daemon that says the time every second, as a subclass of {@link Daemon}. */
public final class ClockExample extends Daemon {

    private static final String USAGE = "[--pidfile F] [--log F]";

    private ClockExample(Path pidfile, Path log) {
        super(pidfile, Path.of("/dev/null"), log, log);
    }

    /** A command, and options. */
    public static void main(String[] arguments) {
        Options options = Options.parse("clock", USAGE, arguments);
        Path log = options.path("--log").orElse(Path.of("/dev/null"));
        new ClockExample(options.pidfile(), log).obey("clock", USAGE, options.command());
    }

    @Override
    protected void run() {
        try {
            while (true) {
                System.out.println(Instant.now());
                Thread.sleep(Duration.ofSeconds(1));
            }
        } catch (InterruptedException e) {
            System.out.println("interrupted");
        }
    }
}
