package org.daemonspec.internal.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process in {@code /proc/PID/stat}, see proc(5).
 *
 * @param name what ps(1) calls it: at most 15 bytes, which it may have chosen itself
 * @param state {@code R}, {@code S}, {@code Z} and so on
 * @param parent the pid of its parent; 0 if that is in another pid namespace
 * @param processGroup the pid of the leader of its process group
 * @param session the pid of the leader of its session
 * @param terminal the device number of its controlling terminal; 0 if it has none
 * @param nice the nice value
 * @param threads how many it has; a zombie, which has ended whole, has one
 * @param startTime when it started, in clock ticks since boot: with the pid, it tells a process from one that got its pid
 *     later
 * @param virtualSize of its memory, in bytes; 0 once it has given that up on its way out
 * @param realtimePriority 1 to 99, or 0 if the policy has none
 * @param policy of scheduling
 * @param waitStatus of a zombie, as from waitpid(2)
 */
public record ProcStat(
        String name,
        char state,
        long parent,
        long processGroup,
        long session,
        int terminal,
        int nice,
        int threads,
        long startTime,
        long virtualSize,
        int realtimePriority,
        int policy,
        int waitStatus) {

    // Numbered as in proc(5), less the two fields in front that the name in parentheses makes hard to count.
    private static final int PPID = 4 - 3;
    private static final int PGRP = 5 - 3;
    private static final int SESSION = 6 - 3;
    private static final int TTY_NR = 7 - 3;
    private static final int NICE = 19 - 3;
    private static final int NUM_THREADS = 20 - 3;
    private static final int START_TIME = 22 - 3;
    private static final int VSIZE = 23 - 3;
    private static final int RT_PRIORITY = 40 - 3;
    private static final int POLICY = 41 - 3;

    /** The process with this pid, alive or a zombie; empty if there is none. */
    public static Optional<ProcStat> of(long pid) {
        return read(Path.of("/proc", Long.toString(pid), "stat"));
    }

    /** This process. */
    public static Optional<ProcStat> ofThisProcess() {
        return read(Path.of("/proc/self/stat"));
    }

    /** The one whose directory in {@code /proc} this is; empty if there is none. */
    static Optional<ProcStat> in(Path directory) {
        return read(directory.resolve("stat"));
    }

    private static Optional<ProcStat> read(Path stat) {
        try {
            return Optional.of(parse(Files.readString(stat, StandardCharsets.ISO_8859_1)));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** The name in parentheses may contain anything, so the fields are counted from the last parenthesis. */
    public static ProcStat parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        return new ProcStat(
                stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
                fields[0].charAt(0),
                Long.parseLong(fields[PPID]),
                Long.parseLong(fields[PGRP]),
                Long.parseLong(fields[SESSION]),
                Integer.parseInt(fields[TTY_NR]),
                Integer.parseInt(fields[NICE]),
                Integer.parseInt(fields[NUM_THREADS]),
                Long.parseLong(fields[START_TIME]),
                Long.parseLong(fields[VSIZE]),
                Integer.parseInt(fields[RT_PRIORITY]),
                Integer.parseInt(fields[POLICY]),
                Integer.parseInt(fields[fields.length - 1]));
    }

    /** Whether it has ended, or is past the point where it could do anything but end. */
    public boolean isEnding() {
        return state == 'Z' || state == 'X' || virtualSize == 0;
    }

    /**
     * Whether it has ended and is yet to be reaped. The first thread of a process may end before the others, and shows as a zombie
     * from then on, while they hold all that the process had open: its locks, for one.
     */
    public boolean isZombie() {
        return state == 'Z' && threads <= 1;
    }
}
