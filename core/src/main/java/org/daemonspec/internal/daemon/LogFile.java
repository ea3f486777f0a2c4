package org.daemonspec.internal.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.SystemCallException;

/** How a log is opened: in the launcher at the start, and in the daemon when it is opened anew. */
public final class LogFile {

    /** A log that comes and goes between two calls does so because of somebody who rotates it: once, not for ever. */
    private static final int MOST_TRIES = 3;

    private LogFile() {}

    /**
     * Opens a log to append to it; makes it if it is missing. What is there is taken as it is; a symbolic link that leads
     * nowhere is not followed to make a file there.
     *
     * @param path a byte string
     * @param mode of a file that is made, whatever the umask
     * @param owner of a file that is made; empty for this process's user
     */
    public static Descriptor open(Posix posix, String path, int mode, Optional<ProcessContext.Identity> owner) {
        for (int left = MOST_TRIES - 1; ; left--) {
            Optional<Descriptor> made = make(posix, path, mode, owner);
            if (made.isPresent()) {
                return made.get();
            }
            try {
                return posix.open(path, OpenFor.APPENDING, 0);
            } catch (SystemCallException e) {
                if (left == 0 || !e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
        }
    }

    /** Makes the log; empty if there is one. The only place where a log is known to be new. */
    private static Optional<Descriptor> make(
            Posix posix, String path, int mode, Optional<ProcessContext.Identity> owner) {
        Descriptor log;
        try {
            log = posix.open(path, OpenFor.MAKING, mode);
        } catch (SystemCallException e) {
            if (e.is(Errno.EEXIST) || e.is(Errno.EISDIR)) {
                return Optional.empty(); // of a directory, what follows says so
            }
            throw e;
        }
        try {
            if (owner.isPresent()) {
                posix.changeOwner(log, owner.get().uid(), owner.get().gid(), path);
            }
            posix.changeMode(log, mode, path);
            return Optional.of(log);
        } catch (SystemCallException e) {
            log.close();
            remove(path);
            throw e;
        }
    }

    /** A log that is not as it shall be would be taken as it is by the next start. */
    private static void remove(String path) {
        try {
            Files.deleteIfExists(ByteString.toPath(path));
        } catch (IOException stays) {
            // what is wrong is said already
        }
    }
}
