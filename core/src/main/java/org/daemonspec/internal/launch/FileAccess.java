package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;

/**
 * What somebody, who need not be this process's user, may do with a file: by owner, group and mode, see path_resolution(7).
 * Access control lists and read-only file systems are not looked at.
 */
final class FileAccess {

    static final int READ = 04;
    static final int WRITE = 02;
    static final int ENTER = 01;

    private static final int OWNER = 6;
    private static final int GROUP = 3;
    private static final int OTHERS = 0;
    private static final int PERMISSIONS = 07777;

    private FileAccess() {}

    /** Whether somebody may make files in a directory; the directories above are not looked at. */
    static boolean mayWrite(Path directory, Credentials credentials) {
        try {
            return Files.isDirectory(directory) && allows(directory, credentials, WRITE | ENTER);
        } catch (IOException unreadable) {
            return false;
        }
    }

    /**
     * What keeps somebody from a file: the file or the first directory above it whose mode does, in words; empty if nothing does,
     * or the file cannot be looked at.
     *
     * @param rights {@link #READ}, {@link #WRITE} and {@link #ENTER} of the file itself
     */
    static Optional<String> obstacle(Path file, Credentials credentials, int rights) {
        try {
            Deque<Path> parts = new ArrayDeque<>();
            for (Path part = file.toRealPath(); part != null; part = part.getParent()) {
                parts.push(part);
            }
            while (!parts.isEmpty()) {
                Path part = parts.pop();
                if (!allows(part, credentials, parts.isEmpty() ? rights : ENTER)) {
                    return Optional.of(part + " has mode 0"
                            + Integer.toOctalString(attribute(part, "unix:mode") & PERMISSIONS) + " and belongs to uid "
                            + Integer.toUnsignedString(attribute(part, "unix:uid")));
                }
            }
            return Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private static boolean allows(Path file, Credentials credentials, int rights) throws IOException {
        if (credentials.uid() == 0) {
            return true;
        }
        long owner = Integer.toUnsignedLong(attribute(file, "unix:uid"));
        long group = Integer.toUnsignedLong(attribute(file, "unix:gid"));
        int shift = credentials.uid() == owner ? OWNER : credentials.gids().contains(group) ? GROUP : OTHERS;
        return (attribute(file, "unix:mode") >> shift & rights) == rights;
    }

    private static int attribute(Path file, String name) throws IOException {
        return (int) Objects.requireNonNull(Files.getAttribute(file, name), name);
    }
}
