package org.daemonspec.support;

import java.nio.file.Path;
import org.daemonspec.DaemonInspection;

/** Inspects a process, or the daemon of a pidfile, as whoever runs it. */
public final class InspectProgram {

    private InspectProgram() {}

    /** The pid or the pidfile. */
    public static void main(String[] arguments) {
        String what = arguments[0];
        System.out.println(
                what.matches("\\d+")
                        ? DaemonInspection.ofProcess(Long.parseLong(what))
                        : DaemonInspection.ofPidfile(Path.of(what)));
    }
}
