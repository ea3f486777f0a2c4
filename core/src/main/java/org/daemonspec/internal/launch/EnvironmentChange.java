package org.daemonspec.internal.launch;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.daemonspec.internal.posix.ByteString;

/** One step from the launcher's environment to the daemon's; steps apply in the order in which they were asked for. */
public sealed interface EnvironmentChange {

    /** Starts from nothing. */
    record Clear() implements EnvironmentChange {}

    /** {@code NAME=value}. */
    record Set(String name, String value) implements EnvironmentChange {}

    /** The variable is not there. */
    record Unset(String name) implements EnvironmentChange {}

    /** The environment after all changes, as byte strings. */
    static Map<String, String> apply(List<EnvironmentChange> changes, Map<String, String> environment) {
        Map<String, String> result = new TreeMap<>(environment);
        for (EnvironmentChange change : changes) {
            switch (change) {
                case Clear() -> result.clear();
                case Set(String name, String value) -> result.put(ByteString.encode(name), ByteString.encode(value));
                case Unset(String name) -> result.remove(ByteString.encode(name));
            }
        }
        return result;
    }

    /** An environment as execve(2) takes it. */
    static List<String> toBlock(Map<String, String> environment) {
        return environment.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
    }
}
