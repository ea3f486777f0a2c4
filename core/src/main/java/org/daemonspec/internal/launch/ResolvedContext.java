package org.daemonspec.internal.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.UserDatabase;

/**
 * A {@link ContextSpec} with everything looked up.
 *
 * @param process what the process shall be
 * @param user whom to call the daemon, in variables; empty if no user was asked for
 * @param isComplete whether user and groups could be looked up, as far as they were asked for; otherwise there is a problem
 */
record ResolvedContext(ProcessContext process, Optional<UserDatabase.User> user, boolean isComplete) {

    /** As whom the daemon accesses files. */
    Credentials credentials() {
        return process.identity().isPresent()
                ? Credentials.of(process.identity().get())
                : Credentials.ofThisProcess();
    }

    /** What login(1) would set for the user, in front of all other changes. */
    List<EnvironmentChange> environment(List<EnvironmentChange> changes) {
        if (user.isEmpty()) {
            return changes;
        }
        UserDatabase.User login = user.get();
        List<EnvironmentChange> all = new ArrayList<>();
        Map<String, String> variables = new TreeMap<>(Map.of("HOME", login.home()));
        if (login.name().isEmpty()) {
            for (String name : List.of("USER", "LOGNAME", "SHELL")) {
                all.add(new EnvironmentChange.Unset(name));
            }
        } else {
            variables.put("USER", login.name());
            variables.put("LOGNAME", login.name());
            variables.put("SHELL", login.shell().isEmpty() ? "/bin/sh" : login.shell());
        }
        all.add(new EnvironmentChange.Variables(variables));
        all.addAll(changes);
        return all;
    }
}
