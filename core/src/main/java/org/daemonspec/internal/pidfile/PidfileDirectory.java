package org.daemonspec.internal.pidfile;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/** The directory of a pidfile that is made if need be, with those above it: mode 0755 whatever the umask. */
final class PidfileDirectory {

    private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwxr-xr-x");

    private PidfileDirectory() {}

    /**
     * Makes what is missing of a pidfile's directory.
     *
     * @return what was made, outermost first
     * @throws PidfileException if it cannot be made
     */
    static List<Path> make(Path pidfile) {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path directory = pidfile.toAbsolutePath().getParent();
                directory != null && !Files.isDirectory(directory);
                directory = directory.getParent()) {
            missing.push(directory);
        }
        List<Path> made = new ArrayList<>();
        for (Path directory : missing) {
            try {
                Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(MODE));
                made.add(directory);
                Files.setPosixFilePermissions(directory, MODE);
            } catch (FileAlreadyExistsException somebodyElseMadeIt) {
                // or it is a file: then open(2) says so
            } catch (IOException e) {
                remove(made);
                throw new PidfileException(
                        "mkdir " + directory + ": " + e + "; make it by hand, or choose another pidfile.");
            }
        }
        return made;
    }

    /** Whether there is something where a pidfile's directory should be. */
    static boolean exists(Path pidfile) {
        Path parent = pidfile.toAbsolutePath().getParent();
        return parent == null || Files.exists(parent);
    }

    /** Removes what {@link #make} made, as far as nobody uses it. */
    static void remove(List<Path> made) {
        for (Path directory : made.reversed()) {
            try {
                Files.deleteIfExists(directory);
            } catch (IOException inUse) {
                return;
            }
        }
    }
}
