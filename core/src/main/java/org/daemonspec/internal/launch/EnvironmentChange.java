package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.ProcessContext;

/** One step from the launcher's environment to the daemon's; steps apply in the order in which they were asked for. */
public sealed interface EnvironmentChange {

    /** The variables that are not a leftover of whoever happens to start the daemon. */
    java.util.Set<String> KEPT = java.util.Set.of("HOME", "LANG", "LANGUAGE", "LOGNAME", "SHELL", "TZ", "USER");

    /** Starts from nothing. */
    record Clear() implements EnvironmentChange {

        @Override
        public void applyTo(Map<String, String> environment) {
            environment.clear();
        }
    }

    /**
     * Starts from what a login has: locale, time zone, user and home as they are, and the system's PATH. What else the
     * launcher happens to have stays behind.
     */
    record Clean() implements EnvironmentChange {

        @Override
        public void applyTo(Map<String, String> environment) {
            environment.keySet().removeIf(name -> !isKept(name));
            environment.put("PATH", STANDARD_PATH);
        }
    }

    /** The variables of a file. */
    record File(Path path) implements EnvironmentChange {

        @Override
        public void applyTo(Map<String, String> environment) {
            throw new IllegalStateException(path + " is yet to be read");
        }
    }

    /** The same, read: byte strings. */
    record Variables(Map<String, String> byteStrings) implements EnvironmentChange {

        @Override
        public void applyTo(Map<String, String> environment) {
            environment.putAll(byteStrings);
        }
    }

    /** {@code NAME=value}. */
    record Set(String name, String value) implements EnvironmentChange {

        @Override
        public void applyTo(Map<String, String> environment) {
            environment.put(ByteString.encode(name), ByteString.encode(value));
        }
    }

    /** The variable is not there. */
    record Unset(String name) implements EnvironmentChange {

        @Override
        public boolean changes(Map<String, String> environment) {
            return environment.containsKey(ByteString.encode(name));
        }

        @Override
        public void applyTo(Map<String, String> environment) {
            environment.remove(ByteString.encode(name));
        }
    }

    /** What login(1) and systemd give a program, whoever starts it. */
    String STANDARD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static boolean isKept(String name) {
        return KEPT.contains(name) || name.startsWith("LC_");
    }

    /** The changes with every file read, for a daemon of this identity; what is wrong with a file is added to the problems. */
    static List<EnvironmentChange> readFiles(
            List<EnvironmentChange> changes, Optional<ProcessContext.Identity> owner, List<String> problems) {
        List<EnvironmentChange> read = new ArrayList<>();
        for (EnvironmentChange change : changes) {
            if (change instanceof File named) {
                EnvironmentFile file = EnvironmentFile.read(named.path(), owner);
                problems.addAll(file.problems());
                read.add(new Variables(file.variables()));
            } else {
                read.add(change);
            }
        }
        return read;
    }

    /** The environment after all changes, as byte strings. */
    static Map<String, String> apply(List<EnvironmentChange> changes, Map<String, String> environment) {
        Map<String, String> result = new TreeMap<>(environment);
        for (EnvironmentChange change : changes) {
            change.applyTo(result);
        }
        return result;
    }

    /** Whether the changes may make an environment another one. */
    static boolean isChanged(List<EnvironmentChange> changes, Map<String, String> environment) {
        for (EnvironmentChange change : changes) {
            if (change.changes(environment)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the change may make a difference to an environment of byte strings. */
    default boolean changes(Map<String, String> environment) {
        return true;
    }

    /** Makes the change to an environment of byte strings. */
    void applyTo(Map<String, String> environment);

    /** An environment as execve(2) takes it. */
    static List<String> toBlock(Map<String, String> environment) {
        List<String> block = new ArrayList<>(environment.size());
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            block.add(variable.getKey() + "=" + variable.getValue());
        }
        return block;
    }
}
