package org.daemonspec.jmh;

import org.daemonspec.DaemonSpec;

/** The shortest program that makes a daemon: {@code /bin/true}, which is none for long. */
final class ExecProgram {

    private ExecProgram() {}

    /** Starts it, and leaves. */
    public static void main(String[] arguments) {
        DaemonSpec.builder().exec("/bin/true");
    }
}
