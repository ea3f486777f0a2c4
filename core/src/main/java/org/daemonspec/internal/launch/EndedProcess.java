package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.daemonspec.bindings.Libc;

/**
 * How a process ended, read from {@code /proc/PID/stat} while nobody has reaped it yet, see proc(5): the last field is its
 * wait status.
 */
record EndedProcess(int waitStatus) {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

    /** Waits until the process is a zombie; empty when the time is over first or it was reaped. */
    static Optional<EndedProcess> await(long pid, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        while (true) {
            Optional<String> line = read(stat);
            if (line.isEmpty()) {
                return Optional.empty();
            }
            Optional<EndedProcess> ended = parse(line.get());
            if (ended.isPresent() || System.nanoTime() >= deadline) {
                return ended;
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    /** The name in parentheses may contain anything, so the fields are counted from the last parenthesis. */
    static Optional<EndedProcess> parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        return fields[0].equals("Z")
                ? Optional.of(new EndedProcess(Integer.parseInt(fields[fields.length - 1])))
                : Optional.empty();
    }

    /** {@code exit status 1} or {@code killed by SIGKILL}. */
    @Override
    public String toString() {
        int signal = waitStatus & 0x7f;
        return signal == 0 ? "exit status " + (waitStatus >> 8 & 0xff) : "killed by " + signalName(signal);
    }

    private static String signalName(int signal) {
        if (signal == Libc.SIGKILL()) {
            return "SIGKILL, perhaps by the kernel for lack of memory";
        }
        if (signal == Libc.SIGTERM()) {
            return "SIGTERM";
        }
        if (signal == Libc.SIGSEGV()) {
            return "SIGSEGV";
        }
        if (signal == Libc.SIGABRT()) {
            return "SIGABRT, the JVM's own way to crash";
        }
        if (signal == Libc.SIGBUS()) {
            return "SIGBUS";
        }
        return "signal " + signal;
    }

    private static Optional<String> read(Path stat) {
        try {
            return Optional.of(Files.readString(stat, StandardCharsets.ISO_8859_1));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
