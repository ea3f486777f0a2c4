package org.daemonspec.internal.launch.commandline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.daemonspec.internal.posix.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel says about this JVM process. All strings are byte strings (see the package).
 *
 * @param executable what to execute to get the same program
 * @param arguments argv without argv[0]
 * @param environment as it was when the process started
 * @param workingDirectory absolute, as {@code /proc/self/cwd} reads
 */
public record JvmProcess(
        String executable, List<String> arguments, Map<String, String> environment, String workingDirectory) {

    /** The system property that marks a daemon JVM. */
    public static final String DAEMON_PROPERTY = "org.daemonspec.daemon";

    /** The system property of a JVM that has become somebody else in the foreground. */
    public static final String FOREGROUND_PROPERTY = "org.daemonspec.foreground";

    /** The system property of a JVM that is recorded for a cache. */
    public static final String TRAINING_PROPERTY = "org.daemonspec.training";

    /** What the kernel appends to the link of a removed file or directory, see proc_pid_exe(5). */
    static final String DELETED = " (deleted)";

    /** Leads to the running executable even when its file is gone. */
    static final String MAGIC_LINK = "/proc/self/exe";

    /** Read once: it stays as it was. */
    private static volatile @Nullable Map<String, String> environmentAtStart;

    public JvmProcess {
        arguments = List.copyOf(arguments);
        environment = Collections.unmodifiableMap(new TreeMap<>(environment));
    }

    /**
     * This very process.
     *
     * @throws IOException if {@code /proc/self} can't be read
     */
    public static JvmProcess current() throws IOException {
        Path self = Path.of("/proc/self");
        List<String> argv = strings(ByteString.read(self.resolve("cmdline")));
        return new JvmProcess(
                executable(Path.of(MAGIC_LINK)),
                argv.subList(Math.min(1, argv.size()), argv.size()),
                environmentOfThisProcess(),
                ByteString.of(Files.readSymbolicLink(self.resolve("cwd"))));
    }

    /**
     * The environment as it was when this process started.
     *
     * @throws IOException if {@code /proc/self} can't be read
     */
    public static Map<String, String> environmentOfThisProcess() throws IOException {
        Map<String, String> known = environmentAtStart;
        if (known == null) {
            known = Collections.unmodifiableMap(variables(strings(ByteString.read(Path.of("/proc/self/environ")))));
            environmentAtStart = known;
        }
        return known;
    }

    /**
     * The environment that a process was started with.
     *
     * @throws IOException if it has ended, or this user may not look into it
     */
    public static Map<String, String> environmentOf(long pid) throws IOException {
        return variables(strings(ByteString.read(Path.of("/proc", Long.toString(pid), "environ"))));
    }

    private static String executable(Path link) throws IOException {
        Path target = Files.readSymbolicLink(link);
        String name = ByteString.of(target);
        if (Files.exists(target) && Files.isSameFile(link, target)) {
            return name;
        }
        if (!name.endsWith("/java" + DELETED)) {
            return name;
        }
        // A JDK that was updated in place has a new one at the same place; a removed one runs on from memory.
        Path installed = Path.of(System.getProperty("java.home"), "bin", "java");
        return Files.isExecutable(installed) ? ByteString.of(installed) : MAGIC_LINK;
    }

    private static List<String> strings(String terminatedByNul) {
        String[] strings = terminatedByNul.split("\0", -1);
        return List.of(strings).subList(0, strings.length - 1);
    }

    /** Of a name that occurs twice, getenv(3) finds the first. */
    private static Map<String, String> variables(List<String> strings) {
        Map<String, String> variables = new TreeMap<>();
        for (String string : strings) {
            int equals = string.indexOf('=', 1); // as the JDK does: a name may begin with '='
            if (equals > 0) {
                variables.putIfAbsent(string.substring(0, equals), string.substring(equals + 1));
            }
        }
        return variables;
    }
}
