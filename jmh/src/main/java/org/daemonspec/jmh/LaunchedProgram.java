package org.daemonspec.jmh;

import java.io.IOException;
import java.nio.file.Path;
import org.daemonspec.DaemonSpec;

/** A daemon that is ready at once and ends at once: {@code detach PIDFILE}, or {@code launch PIDFILE}. */
final class LaunchedProgram {

    private LaunchedProgram() {}

    /** {@code detach} detaches; {@code launch} launches a daemon for each line on stdin, and writes its pid. */
    public static void main(String[] arguments) throws IOException {
        DaemonSpec spec = DaemonSpec.builder().pidfile(Path.of(arguments[1])).build();
        if (arguments[0].equals("detach")) {
            spec.detach(LaunchedProgram::task);
        }
        while (DaemonSpec.isDaemon() || System.in.read() == '\n') {
            System.out.println(spec.launch(LaunchedProgram::task).pid());
        }
    }

    private static void task() {}
}
