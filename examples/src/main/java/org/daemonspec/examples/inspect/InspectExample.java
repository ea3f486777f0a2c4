package org.daemonspec.examples.inspect;

import java.nio.file.Path;
import org.daemonspec.DaemonInspection;

/** Inspects the daemons with these pids or pidfiles; leaves with 1 if one of them does not behave well. */
public final class InspectExample {

    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private InspectExample() {}

    /** Pids or pidfiles. */
    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            System.err.println("usage: inspect PID|PIDFILE...");
            System.exit(USAGE);
        }
        boolean well = true;
        for (String argument : arguments) {
            DaemonInspection inspection = isPid(argument)
                    ? DaemonInspection.ofProcess(Long.parseLong(argument))
                    : DaemonInspection.ofPidfile(Path.of(argument));
            System.out.println(argument + ":\n" + inspection);
            well &= inspection.passes();
        }
        System.exit(well ? 0 : FAILED);
    }

    /** A file of that name is given as {@code ./123}. */
    private static boolean isPid(String argument) {
        return argument.matches("[1-9]\\d{0,9}");
    }
}
