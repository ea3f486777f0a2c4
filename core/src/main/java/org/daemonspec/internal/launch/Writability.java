package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Whether somebody, who need not be this process's user, may make files in a directory: by owner, group and mode, see
 * path_resolution(7). Access control lists and read-only file systems are not looked at, nor the directories above.
 */
final class Writability {

    private static final int WRITE_AND_ENTER = 03;
    private static final int OWNER = 6;
    private static final int GROUP = 3;
    private static final int OTHERS = 0;

    private Writability() {}

    /** {@code false} too if it is no directory or cannot be looked at. */
    static boolean mayWrite(Path directory, Credentials credentials) {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try {
            long owner = Integer.toUnsignedLong(attribute(directory, "unix:uid"));
            long group = Integer.toUnsignedLong(attribute(directory, "unix:gid"));
            int shift = credentials.uid() == owner ? OWNER : credentials.gids().contains(group) ? GROUP : OTHERS;
            int bits = attribute(directory, "unix:mode") >> shift;
            return credentials.uid() == 0 || (bits & WRITE_AND_ENTER) == WRITE_AND_ENTER;
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static int attribute(Path directory, String name) throws IOException {
        return (int) Objects.requireNonNull(Files.getAttribute(directory, name), name);
    }
}
