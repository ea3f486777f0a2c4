package org.daemonspec.internal.posix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.StringTokenizer;
import java.util.TreeSet;

/** {@code /proc/PID/status}, see proc_pid_status(5). Immutable. */
public final class ProcStatus {

    private static final int OCTAL = 8;
    private static final int HEXADECIMAL = 16;
    private static final int EFFECTIVE = 1;

    private final Map<String, String> fields = new HashMap<>();

    /** Of a name that a process has chosen, the kernel escapes newlines; a carriage return in it is no end of a line. */
    private ProcStatus(String text) {
        for (String line : text.split("\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
    }

    /**
     * Of a process as it is now.
     *
     * @throws IOException if there is none, or {@code /proc} does not show it
     */
    public static ProcStatus of(long pid) throws IOException {
        return read(Path.of("/proc", Long.toString(pid), "status"));
    }

    /**
     * Of one of its threads, each of which the kernel lets be somebody else.
     *
     * @throws IOException if there is none, or {@code /proc} does not show it
     */
    public static ProcStatus ofThread(long pid, long thread) throws IOException {
        return read(Path.of("/proc", Long.toString(pid), "task", Long.toString(thread), "status"));
    }

    /**
     * Of whom a directory in {@code /proc} is.
     *
     * @throws IOException if there is none, or {@code /proc} does not show it
     */
    public static ProcStatus in(Path directory) throws IOException {
        return read(directory.resolve("status"));
    }

    /** Of the calling thread's process. */
    public static ProcStatus ofThisProcess() {
        try {
            return read(Path.of("/proc/self/status"));
        } catch (IOException e) {
            throw new UncheckedIOException("read /proc/self/status: " + FileErrno.of(e) + "; mount /proc.", e);
        }
    }

    private static ProcStatus read(Path file) throws IOException {
        return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
    }

    static ProcStatus parse(String text) {
        return new ProcStatus(text);
    }

    /** What ps(1) calls it; of a thread, the name that this has. */
    public String name() {
        return field("Name");
    }

    /** The process that a thread belongs to; of a process, itself. */
    public long process() {
        return Long.parseLong(field("Tgid"));
    }

    /** The file mode creation mask. */
    public int umask() {
        return Integer.parseInt(field("Umask"), OCTAL);
    }

    /**
     * A set as bits: of signals, signal 1 at the lowest bit; of capabilities, capability 0.
     *
     * @param name {@code SigBlk}, {@code SigIgn}, {@code CapEff} and so on
     */
    public long bits(String name) {
        return Long.parseUnsignedLong(field(name), HEXADECIMAL);
    }

    /** Real, effective, saved and file system user ID. */
    public List<Long> uids() {
        return numbers("Uid");
    }

    /** Real, effective, saved and file system group ID. */
    public List<Long> gids() {
        return numbers("Gid");
    }

    /** The effective user ID. */
    public long effectiveUid() {
        return uids().get(EFFECTIVE);
    }

    /** The effective group ID. */
    public long effectiveGid() {
        return gids().get(EFFECTIVE);
    }

    /** The supplementary groups. */
    public SortedSet<Long> groups() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(numbers("Groups")));
    }

    /**
     * One of the capability sets.
     *
     * @param name {@code CapInh}, {@code CapPrm}, {@code CapEff}, {@code CapBnd} or {@code CapAmb}
     */
    public SortedSet<Integer> capabilities(String name) {
        long bits = bits(name);
        SortedSet<Integer> set = new TreeSet<>();
        for (int capability = 0; capability < Long.SIZE; capability++) {
            if ((bits >>> capability & 1) != 0) {
                set.add(capability);
            }
        }
        return set;
    }

    /** Whether a capability is in force. */
    public boolean may(int capability) {
        return capabilities("CapEff").contains(capability);
    }

    /** PR_SET_NO_NEW_PRIVS. */
    public boolean noNewPrivileges() {
        return field("NoNewPrivs").equals("1");
    }

    /** The processors that it may use. */
    public SortedSet<Integer> cpus() {
        SortedSet<Integer> cpus = new TreeSet<>();
        for (String range : field("Cpus_allowed_list").split(",", -1)) {
            String[] ends = range.split("-", -1);
            for (int cpu = Integer.parseInt(ends[0]); cpu <= Integer.parseInt(ends[ends.length - 1]); cpu++) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }

    private List<Long> numbers(String name) {
        List<Long> numbers = new ArrayList<>();
        StringTokenizer words = new StringTokenizer(field(name));
        while (words.hasMoreTokens()) {
            numbers.add(Long.valueOf(words.nextToken()));
        }
        return numbers;
    }

    private String field(String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalStateException("/proc/PID/status has no " + name + "; use a newer kernel.");
        }
        return value;
    }
}
