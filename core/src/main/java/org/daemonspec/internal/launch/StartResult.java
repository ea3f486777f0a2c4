package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.internal.posix.SeenProcess;

/** How a start ended. */
public sealed interface StartResult {

    /**
     * The daemon is ready.
     *
     * @param process which it is
     * @param notices what the user should know, each a sentence
     */
    record Started(SeenProcess process, List<String> notices) implements StartResult {

        /** Its pid. */
        public long pid() {
            return process.pid();
        }
    }

    /** An instance holds the pidfile's lock; nothing was touched. */
    record AlreadyRunning(OptionalLong pid, Path pidfile) implements StartResult {

        /** For the daemon of this name. */
        public String sentence(String name) {
            return name + ": already running ("
                    + (pid.isPresent()
                            ? "pid " + pid.getAsLong()
                            : "or being started; " + pidfile + " is locked and names no holder, see fuser " + pidfile)
                    + ").";
        }
    }

    /** Nothing was forked: all that is wrong, each a sentence. */
    record Refused(List<String> problems) implements StartResult {

        /** For the daemon of this name. */
        public String sentence(String name) {
            return name + ": not started: "
                    + (problems.size() == 1 ? problems.getFirst() : "\n  - " + String.join("\n  - ", problems));
        }
    }

    /**
     * It did not become ready.
     *
     * @param reason why, in one sentence, perhaps followed by the log's last lines
     * @param cause the failed system call, if that was it
     * @param isOver nothing of it is left; otherwise a process that has not obeyed SIGKILL yet holds the lock
     */
    record Failed(String reason, Optional<Throwable> cause, boolean isOver) implements StartResult {

        /** For the daemon of this name. */
        public String sentence(String name) {
            return name + ": start failed: " + reason;
        }
    }
}
