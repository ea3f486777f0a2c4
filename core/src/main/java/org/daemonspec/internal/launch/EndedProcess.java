package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.daemonspec.internal.posix.Posix;

/**
 * How a process ended, read from {@code /proc/PID/stat} while nobody has reaped it yet, see proc(5): the last field is its
 * wait status.
 *
 * @param waitStatus as from waitpid(2); empty if somebody else reaped it
 */
record EndedProcess(OptionalInt waitStatus) {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

    private static final List<String> SIGNALS = List.of(
            "0",
            "SIGHUP",
            "SIGINT",
            "SIGQUIT",
            "SIGILL",
            "SIGTRAP",
            "SIGABRT, the JVM's way to crash",
            "SIGBUS",
            "SIGFPE",
            "SIGKILL, perhaps by the kernel for lack of memory",
            "SIGUSR1",
            "SIGSEGV",
            "SIGUSR2",
            "SIGPIPE",
            "SIGALRM",
            "SIGTERM");

    /** Waits until the process has ended; empty when the time is over first. */
    static Optional<EndedProcess> await(Posix posix, long pid, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        while (true) {
            Optional<EndedProcess> ended = look(stat);
            if (ended.isPresent() || System.nanoTime() >= deadline) {
                return ended;
            }
            posix.pause(BETWEEN_LOOKS);
        }
    }

    private static Optional<EndedProcess> look(Path stat) {
        try {
            return parse(Files.readString(stat, StandardCharsets.ISO_8859_1));
        } catch (IOException gone) {
            return Optional.of(new EndedProcess(OptionalInt.empty()));
        }
    }

    /** The name in parentheses may contain anything, so the fields are counted from the last parenthesis. */
    static Optional<EndedProcess> parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        return fields[0].equals("Z")
                ? Optional.of(new EndedProcess(OptionalInt.of(Integer.parseInt(fields[fields.length - 1]))))
                : Optional.empty();
    }

    /** {@code exit status 1} or {@code killed by SIGKILL}. */
    @Override
    public String toString() {
        if (waitStatus.isEmpty()) {
            return "exit status unknown, since its parent was killed";
        }
        int signal = waitStatus.getAsInt() & 0x7f;
        if (signal == 0) {
            return "exit status " + (waitStatus.getAsInt() >> 8 & 0xff);
        }
        return "killed by " + (signal < SIGNALS.size() ? SIGNALS.get(signal) : "signal " + signal);
    }
}
