package org.daemonspec.internal.posix;

import java.nio.file.Path;
import java.util.Optional;

/** Where {@code /proc} shows what a process has. */
public final class ProcDirectory {

    private ProcDirectory() {}

    /**
     * {@code /proc/PID}; of a process whose first thread has ended, as by pthread_exit(3) in main, and has nothing any more, that of a
     * thread that has not.
     */
    public static Path of(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        Optional<ProcStat> first = ProcStat.of(pid);
        return first.isPresent() && first.get().isEnding() && !first.get().isZombie() ? ofAnyThread(process) : process;
    }

    private static Path ofAnyThread(Path process) {
        Path threads = process.resolve("task");
        String[] names = threads.toFile().list();
        for (String name : names == null ? new String[0] : names) {
            Optional<ProcStat> thread = ProcStat.in(threads.resolve(name));
            if (thread.isPresent() && !thread.get().isEnding()) {
                return threads.resolve(name);
            }
        }
        return process;
    }
}
