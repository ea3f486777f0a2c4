package org.daemonspec.internal.launch;

import java.util.Optional;
import org.daemonspec.internal.daemon.LogFiles;

/**
 * How the files that output is appended to are made and kept.
 *
 * @param mode of a file that is made
 * @param rotation empty if the files grow, or somebody else rotates them
 */
public record LogSpec(int mode, Optional<LogFiles.Rotation> rotation) {

    /** Logs are for the owner to write and the group to read, and never world-readable by accident. */
    public static final int DEFAULT_MODE = 0640;

    /** Made for owner and group, and not rotated. */
    public static LogSpec standard() {
        return new LogSpec(DEFAULT_MODE, Optional.empty());
    }

    /** The same with another mode. */
    public LogSpec withMode(int mode) {
        return new LogSpec(mode, rotation);
    }

    /** The same, rotated. */
    public LogSpec rotated(long bytes, int keep) {
        return new LogSpec(mode, Optional.of(new LogFiles.Rotation(bytes, keep)));
    }
}
