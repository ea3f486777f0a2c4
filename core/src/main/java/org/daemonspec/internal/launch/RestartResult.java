package org.daemonspec.internal.launch;

import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.control.Stop;

/** How a restart ended. */
public sealed interface RestartResult {

    /** Nothing was touched, and what ran runs on: all that speaks against the start, each a sentence. */
    record Refused(List<String> problems) implements RestartResult {}

    /** What ran was not ended, and nothing was started: why, and what to do; {@code denied} if this user may not. */
    record NotStopped(String reason, boolean denied) implements RestartResult {}

    /** None ran, and none was to be started then. */
    record NotRunning() implements RestartResult {}

    /**
     * The start was tried.
     *
     * @param predecessor what was ended before; empty if nothing ran
     * @param begin when, as {@link System#nanoTime} has it
     * @param start how it went
     */
    record Started(Optional<Stop.Result.Stopped> predecessor, long begin, StartResult start) implements RestartResult {}
}
