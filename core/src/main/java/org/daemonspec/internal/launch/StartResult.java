package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How a start ended. */
public sealed interface StartResult {

    /**
     * The daemon is ready.
     *
     * @param pid its pid
     * @param process absent if it has ended by now
     * @param notices what the user should know, each a sentence
     */
    record Started(long pid, Optional<ProcessHandle> process, List<String> notices) implements StartResult {}

    /** An instance holds the pidfile's lock; nothing was touched. */
    record AlreadyRunning(OptionalLong pid, Path pidfile) implements StartResult {}

    /** Nothing was forked: all that is wrong, each a sentence. */
    record Refused(List<String> problems) implements StartResult {}

    /** It did not become ready, and nothing of it is left: why, in one sentence, perhaps followed by the log's last lines. */
    record Failed(String reason, Optional<Throwable> cause) implements StartResult {}
}
