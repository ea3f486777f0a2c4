package org.daemonspec.internal.launch;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.daemonspec.internal.posix.Capability;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcStat;
import org.daemonspec.internal.posix.ProcStatus;
import org.daemonspec.internal.posix.ProcessReference;

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
    static Optional<EndedProcess> await(Posix posix, ProcessReference process, Duration timeout) {
        if (process.pidfd().isPresent()) {
            return posix.awaitReadable(posix.inherited(process.pidfd().getAsInt()), timeout)
                    ? Optional.of(look(process.pid()).orElse(new EndedProcess(OptionalInt.empty())))
                    : Optional.empty();
        }
        return await(posix, process.pid(), timeout);
    }

    private static Optional<EndedProcess> await(Posix posix, long pid, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            Optional<EndedProcess> ended = look(pid);
            if (ended.isPresent() || System.nanoTime() >= deadline) {
                return ended;
            }
            posix.pause(BETWEEN_LOOKS);
        }
    }

    private static Optional<EndedProcess> look(long pid) {
        Optional<ProcStat> process = ProcStat.of(pid);
        if (process.isEmpty()) {
            return Optional.of(new EndedProcess(OptionalInt.empty()));
        }
        return process.filter(ProcStat::isZombie).map(zombie -> new EndedProcess(waitStatus(pid, zombie)));
    }

    /** To those who may not look into a process, the kernel says 0, see proc_pid_stat(5). */
    private static OptionalInt waitStatus(long pid, ProcStat zombie) {
        return zombie.waitStatus() == 0 && !mayLookInto(pid)
                ? OptionalInt.empty()
                : OptionalInt.of(zombie.waitStatus());
    }

    private static boolean mayLookInto(long pid) {
        try {
            ProcStatus self = ProcStatus.ofThisProcess();
            return self.may(Capability.SYS_PTRACE) || ProcStatus.of(pid).uids().equals(self.uids());
        } catch (IOException gone) {
            return false;
        }
    }

    /** {@code exit status 1} or {@code killed by SIGKILL}. */
    @Override
    public String toString() {
        if (waitStatus.isEmpty()) {
            return "exit status unknown: its parent was killed, or this process lacks CAP_SYS_PTRACE";
        }
        int signal = waitStatus.getAsInt() & 0x7f;
        if (signal == 0) {
            return "exit status " + (waitStatus.getAsInt() >> 8 & 0xff);
        }
        return "killed by " + (signal < SIGNALS.size() ? SIGNALS.get(signal) : "signal " + signal);
    }
}
