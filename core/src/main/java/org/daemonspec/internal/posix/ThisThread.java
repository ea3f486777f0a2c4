package org.daemonspec.internal.posix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The thread that asks, as the kernel knows it. */
final class ThisThread {

    private ThisThread() {}

    /** Its number, which {@code /proc} knows like that of a process, see gettid(2). */
    static long id() {
        try {
            return Long.parseLong(Files.readSymbolicLink(Path.of("/proc/thread-self"))
                    .getFileName()
                    .toString());
        } catch (IOException e) {
            throw new UncheckedIOException("readlink /proc/thread-self: " + FileErrno.of(e) + "; mount /proc.", e);
        }
    }
}
