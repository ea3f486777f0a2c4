package org.daemonspec.internal.launch.commandline;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How to start the daemon JVM, from whatever directory. Executable, arguments and environment are byte strings (see
 * the package).
 *
 * @param executable absolute
 * @param arguments argv without argv[0]
 * @param environment complete
 * @param notices sentences for the user, each about an option that stays with the launcher
 */
public record JavaCommand(
        String executable, List<String> arguments, Map<String, String> environment, List<String> notices) {

    public JavaCommand {
        arguments = List.copyOf(arguments);
        environment = Collections.unmodifiableMap(new TreeMap<>(environment));
        notices = List.copyOf(notices);
    }
}
