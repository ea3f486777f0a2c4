package org.daemonspec.internal.launch;

import java.util.Optional;

/**
 * How the files that output is appended to are made and kept.
 *
 * @param mode of a file that is made
 * @param rotation empty if the files grow, or somebody else rotates them
 */
public record LogSpec(int mode, Optional<Rotation> rotation) {

    /** Logs are for the owner to write and the group to read, and never world-readable by accident. */
    public static final int DEFAULT_MODE = 0640;

    /**
     * A file is put aside when it has become too large.
     *
     * @param bytes the size
     * @param keep how many older files are kept
     */
    public record Rotation(long bytes, int keep) {}

    /** Made for owner and group, and not rotated. */
    public static LogSpec standard() {
        return new LogSpec(DEFAULT_MODE, Optional.empty());
    }
}
