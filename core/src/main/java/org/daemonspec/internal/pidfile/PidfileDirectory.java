package org.daemonspec.internal.pidfile;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/** The directory of a pidfile that is made if need be, with those above it: mode 0755 whatever the umask. */
final class PidfileDirectory {

    private PidfileDirectory() {}

    /**
     * Makes what is missing of a pidfile's directory.
     *
     * @return what was made, outermost first
     * @throws PidfileException if it cannot be made
     */
    static List<Path> make(Posix posix, Path pidfile) {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path directory = pidfile.toAbsolutePath().getParent();
                directory != null && !Files.isDirectory(directory);
                directory = directory.getParent()) {
            missing.push(directory);
        }
        List<Path> made = new ArrayList<>();
        for (Path directory : missing) {
            try {
                Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(mode()));
                made.add(directory);
                setMode(posix, directory);
            } catch (FileAlreadyExistsException somebodyElseMadeIt) {
                // or it is no directory: then open(2) says so
            } catch (NoSuchFileException e) {
                remove(made);
                throw PidfileException.absent("mkdir " + directory + ": ENOENT (no directory " + directory.getParent()
                        + "); make it by hand, or choose another pidfile.");
            } catch (SystemCallException e) {
                remove(made);
                String sentence = e.getMessage() + "; make it by hand, or choose another pidfile.";
                throw (e.is(Errno.ENOENT) ? PidfileException.absent(sentence) : new PidfileException(sentence))
                        .because(e);
            } catch (IOException e) {
                remove(made);
                throw new PidfileException(
                        "mkdir " + directory + ": " + e + "; make it by hand, or choose another pidfile.");
            }
        }
        return made;
    }

    /** By a descriptor, which cannot lead elsewhere if somebody puts a symbolic link in the directory's place. */
    private static void setMode(Posix posix, Path directory) throws IOException {
        try (Descriptor made = posix.open(ByteString.of(directory), Posix.OpenFor.NAMING, 0)) {
            Files.setPosixFilePermissions(Path.of("/proc/self/fd", Integer.toString(made.number())), mode());
        }
    }

    private static Set<PosixFilePermission> mode() {
        return PosixFilePermissions.fromString("rwxr-xr-x");
    }

    /** Removes what {@link #make} made, as far as nobody uses it. */
    static void remove(List<Path> made) {
        for (int i = made.size() - 1; i >= 0; i--) {
            try {
                Files.deleteIfExists(made.get(i));
            } catch (IOException inUse) {
                return;
            }
        }
    }
}
