package org.daemonspec.examples.wrapped;

import java.util.function.Consumer;
import org.daemonspec.DaemonSpec;

/** Wraps functions so that calling them makes a daemon that runs them, with their arguments. */
final class Daemonized {

    private Daemonized() {}

    /**
     * The function, as a daemon. Its argument is computed in the launcher and, since main runs again there, in the daemon: it
     * should depend on the command line only.
     */
    static <T> Consumer<T> function(DaemonSpec spec, Consumer<T> function) {
        return argument -> spec.detach(() -> function.accept(argument));
    }
}
