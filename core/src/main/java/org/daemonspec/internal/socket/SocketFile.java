package org.daemonspec.internal.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.FileStatus;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * The file of a UNIX socket that was made for this daemon: it is removed at the end if it is still that one.
 *
 * @param path absolute
 * @param deviceMajor of the file system
 * @param deviceMinor of the file system
 * @param inode which file of the file system
 */
public record SocketFile(Path path, int deviceMajor, int deviceMinor, long inode) {

    static SocketFile of(Path path, FileStatus status) {
        return new SocketFile(path, status.deviceMajor(), status.deviceMinor(), status.inode());
    }

    private boolean isBehindPath() {
        try (Posix posix = Posix.open()) {
            Optional<FileStatus> status = posix.status(ByteString.of(path));
            return status.isPresent()
                    && status.get().inode() == inode
                    && status.get().deviceMajor() == deviceMajor
                    && status.get().deviceMinor() == deviceMinor;
        } catch (SystemCallException notThere) {
            return false;
        }
    }

    /** Removes it. One that this user may not remove is stale from now on, and replaced by the next start. */
    void remove() {
        if (isBehindPath()) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException mayNot) {
                return;
            }
        }
    }

    /** Has it removed after all shutdown hooks: one of them may still answer. To be called from a shutdown hook. */
    public void removeAtHalt() {
        if (!isBehindPath()) {
            return;
        }
        if (path.toFile().toPath().equals(path)) { // not so if the locale cannot decode the name
            path.toFile().deleteOnExit();
        } else {
            remove();
        }
    }
}
