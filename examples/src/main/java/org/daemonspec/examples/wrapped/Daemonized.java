package org.daemonspec.examples.wrapped;

import java.util.function.Consumer;
import org.daemonspec.DaemonSpec;

/** Wraps functions so that calling them makes a daemon that runs them, with their arguments. */
final class Daemonized {

    private Daemonized() {}

    /**
     * The function, as a daemon. Its argument is computed in the launcher and, since main runs again there, in the daemon: it
     * should depend on the command line only.
     *
     * @param words what is to be done with the daemon: start it, stop it, and so on
     */
    static <T> Consumer<T> function(DaemonSpec spec, String[] words, Consumer<T> function) {
        return argument -> spec.main(words, context -> {
            context.ready();
            function.accept(argument);
        });
    }
}
