package org.daemonspec.support;

import java.nio.file.Path;
import org.daemonspec.DaemonInspection;

/** Inspects the daemon of a pidfile, as whoever runs it. */
public final class InspectProgram {

    private InspectProgram() {}

    /** The pidfile. */
    public static void main(String[] arguments) {
        System.out.println(DaemonInspection.ofPidfile(Path.of(arguments[0])));
    }
}
