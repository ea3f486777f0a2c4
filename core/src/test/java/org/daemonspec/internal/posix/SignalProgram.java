package org.daemonspec.internal.posix;

import java.io.IOException;
import java.util.OptionalInt;
import org.daemonspec.bindings.Libc;

/** Opens a process, waits for a line, and says whether that process could be sent SIGTERM then. */
final class SignalProgram {

    private SignalProgram() {}

    /** The pid. */
    public static void main(String[] arguments) throws IOException {
        int pid = Integer.parseInt(arguments[0]);
        try (Posix posix = Posix.open();
                Descriptor pidfd = posix.openProcess(pid)) {
            System.out.println("opened");
            System.in.read();
            ProcessReference process = new ProcessReference(pid, OptionalInt.of(pidfd.number()));
            System.out.println(process.signal(posix, Libc.SIGTERM()));
        }
    }
}
