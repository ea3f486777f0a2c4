package org.daemonspec.internal.daemon;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The files that stdout and stderr are appended to.
 *
 * @param stdout absolute; empty if it is no file
 * @param stderr the same; equal to stdout if both are one open file
 * @param mode of a file that is made, whatever the umask
 * @param rotation empty if the files grow, or somebody else rotates them
 */
public record LogFiles(Optional<Path> stdout, Optional<Path> stderr, int mode, Optional<Rotation> rotation) {

    /**
     * A file is put aside when it has become too large.
     *
     * @param bytes the size
     * @param keep how many older files are kept
     */
    public record Rotation(long bytes, int keep) {}

    /** Whether both are one open file. */
    boolean areOne() {
        return stdout.equals(stderr);
    }
}
