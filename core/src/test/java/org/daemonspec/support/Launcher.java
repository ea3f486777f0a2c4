package org.daemonspec.support;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The command line that starts {@link ProbeProgram} on this test's class path. */
public final class Launcher {

    private final List<String> jvmOptions = new ArrayList<>();
    private final Map<String, String> settings = new TreeMap<>();
    private final Set<String> left = new HashSet<>();
    private final String mode;
    private String classPath = System.getProperty("java.class.path");

    private Launcher(String mode) {
        this.mode = mode;
    }

    /** A launcher whose program behaves as {@link ProbeProgram} describes for the mode. */
    public static Launcher mode(String mode) {
        return new Launcher(mode);
    }

    /** The java of the JDK under test. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A JVM option of the launcher. */
    public Launcher option(String option) {
        jvmOptions.add(option);
        return this;
    }

    /** Settings as {@code NAME=VALUE} or {@code NAME}. */
    public Launcher with(List<String> words) {
        words.forEach(word -> {
            String[] parts = word.split("=", 2);
            with(parts[0], parts.length == 1 ? "" : parts[1]);
        });
        return this;
    }

    /** Another class path than this test's. */
    public Launcher classPath(String path) {
        classPath = path;
        return this;
    }

    /** Leaves out an option that is otherwise there. */
    public Launcher without(String option) {
        left.add(option);
        return this;
    }

    /** A setting of the program, see {@link ProbeProgram}. */
    public Launcher with(String name, Object value) {
        settings.put(name, value.toString());
        return this;
    }

    /** The whole command, followed by arguments that the program passes on or ignores. */
    public List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(jvmOptions);
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                ProbeProgram.class.getName(),
                mode));
        settings.forEach((name, value) -> command.add(name + "=" + value));
        command.removeAll(left);
        command.add("--");
        command.addAll(List.of(arguments));
        return command;
    }
}
