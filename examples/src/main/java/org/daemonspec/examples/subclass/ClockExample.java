package org.daemonspec.examples.subclass;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.daemonspec.examples.command.CommandFace;
import org.daemonspec.examples.command.Options;
import org.daemonspec.examples.command.Service;

/** A daemon that says the time every second, as a subclass of {@link Daemon}. */
public final class ClockExample extends Daemon {

    private static final String USAGE = "clock start|stop|restart|status|run [--pidfile F] [--log F]";

    private ClockExample(Path pidfile, Path log) {
        super(pidfile, Path.of("/dev/null"), log, log);
    }

    /** {@code start | stop | restart | status | run}. */
    public static void main(String[] arguments) throws Exception {
        CommandFace.main(USAGE, () -> obey(arguments));
    }

    private static void obey(String[] arguments) throws Exception {
        Options options = Options.parse(arguments, Set.of("--pidfile", "--log"));
        Path pidfile = options.path("--pidfile").orElse(Options.defaultPidfile("clock"));
        ClockExample clock = new ClockExample(pidfile, options.path("--log").orElse(Path.of("/dev/null")));

        new CommandFace("clock", pidfile).obey(options.verb(), new Service() {
            @Override
            public void start() {
                clock.start();
            }

            @Override
            public void run() {
                clock.run();
            }
        });
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
