package org.daemonspec.internal.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.daemonspec.bindings.Libc;

/** {@code /proc/PID/limits}, see proc_pid_limits(5). Immutable. */
public final class ProcLimits {

    /** The file's words, in the order of the resources' numbers. */
    private static final List<String> TITLES = List.of(
            "Max cpu time",
            "Max file size",
            "Max data size",
            "Max stack size",
            "Max core file size",
            "Max resident set",
            "Max processes",
            "Max open files",
            "Max locked memory",
            "Max address space",
            "Max file locks",
            "Max pending signals",
            "Max msgqueue size",
            "Max nice priority",
            "Max realtime priority",
            "Max realtime timeout");

    private final Map<Integer, long[]> values = new HashMap<>();

    private ProcLimits(List<String> lines) {
        for (String line : lines) {
            for (int resource = 0; resource < TITLES.size(); resource++) {
                if (line.startsWith(TITLES.get(resource) + " ")) {
                    String[] words = line.substring(TITLES.get(resource).length())
                            .strip()
                            .split("\\s+", -1);
                    values.put(resource, new long[] {value(words[0]), value(words[1])});
                }
            }
        }
    }

    /** Of a process as it is now. */
    public static ProcLimits of(long pid) throws IOException {
        return read(Path.of("/proc", Long.toString(pid), "limits"));
    }

    /** Of this process. */
    public static ProcLimits ofThisProcess() throws IOException {
        return read(Path.of("/proc/self/limits"));
    }

    private static ProcLimits read(Path file) throws IOException {
        return parse(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
    }

    static ProcLimits parse(List<String> lines) {
        return new ProcLimits(lines);
    }

    private static long value(String word) {
        return word.equals("unlimited") ? ProcessContext.UNLIMITED : Long.parseLong(word);
    }

    /** What is in force in the place of a limit. */
    public ProcessContext.Limit inForce(ProcessContext.Limit limit) {
        long[] softAndHard =
                values.getOrDefault(limit.resource(), new long[] {Libc.RLIM_INFINITY(), Libc.RLIM_INFINITY()});
        return new ProcessContext.Limit(limit.name(), limit.resource(), softAndHard[0], softAndHard[1]);
    }
}
