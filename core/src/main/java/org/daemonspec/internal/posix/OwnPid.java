package org.daemonspec.internal.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * This process's pid, in its own pid namespace, as {@link ProcessHandle} tells it too: but that class makes a thread pool before it
 * does, which costs a fresh JVM milliseconds.
 */
public final class OwnPid {

    private static final String FIELD = "\nNSpid:";

    /** 0 until somebody has asked. Threads that ask at the same time find the same. */
    private static volatile long known;

    private OwnPid() {}

    /** {@return the pid} */
    public static long get() {
        long pid = known;
        if (pid == 0) {
            pid = find();
            known = pid;
        }
        return pid;
    }

    private static long find() {
        try {
            return parse(Files.readString(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1));
        } catch (IOException noProc) {
            return ProcessHandle.current().pid();
        }
    }

    /** The last of its pids, the first of which is the one in the namespace of whoever mounted {@code /proc}. */
    static long parse(String status) {
        int field = status.indexOf(FIELD);
        if (field < 0) {
            return ProcessHandle.current().pid(); // before Linux 4.1
        }
        int end = status.indexOf('\n', field + FIELD.length());
        int last = status.lastIndexOf('\t', end);
        return Long.parseLong(status.substring(last + 1, end).strip());
    }
}
