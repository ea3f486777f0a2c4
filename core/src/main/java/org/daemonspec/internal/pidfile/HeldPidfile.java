package org.daemonspec.internal.pidfile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * The locked pidfile of this process for as long as it lives: by the descriptor that carries the lock, taken here or
 * inherited. Thread-safe. Plain Java where that is possible, since it is on the way to <em>ready</em>.
 *
 * @param path absolute
 * @param descriptor carries the lock
 */
public record HeldPidfile(Path path, int descriptor) {

    /** Makes the pid the content if it is not: the launcher may have been killed before it wrote it. */
    public void ensureContent(long pid) throws IOException {
        if (PidfileContent.parse(Files.readString(own(), StandardCharsets.ISO_8859_1))
                        .orElse(0)
                != pid) {
            byte[] content = PidfileContent.of(pid);
            try (Posix posix = Posix.open()) {
                // By the descriptor: a daemon that has become somebody else may not open the file. Onto the reserved
                // blanks, and only then shorter.
                posix.writeAtStart(posix.inherited(descriptor), content, path.toString());
                posix.truncate(posix.inherited(descriptor), content.length, path.toString());
            }
        }
    }

    /** Says that it is this process that holds the file. The lock goes if this process opens the file again and closes it. */
    public void markHolder(Posix posix) {
        posix.tryOwnByte(posix.inherited(descriptor), PidfileMark.HOLDER.offset());
    }

    /** Says that the daemon is ready: to whoever asks, and by an event to whoever waits, see {@link PidfileWatch}. */
    public void markReady(Posix posix) {
        LockedPidfile.markReady(posix, posix.inherited(descriptor), path);
    }

    /** Says that the daemon does something of its own on SIGHUP. */
    public void markReloads(Posix posix) {
        posix.tryLockByte(posix.inherited(descriptor), PidfileMark.RELOADS.offset());
    }

    /**
     * Has the file removed as the last thing before the JVM halts, after all shutdown hooks: as long as anything of the
     * service still runs, the path leads to a locked file. Does nothing if the path leads elsewhere by now; empties the file
     * if its directory may not be written. To be called from a shutdown hook.
     */
    public void removeAtHalt() {
        if (!isBehindPath()) {
            return;
        }
        boolean mayRemove = Files.isWritable(Objects.requireNonNull(path.getParent(), "an absolute file has a parent"));
        if (mayRemove && path.toFile().toPath().equals(path)) { // not so if the locale cannot decode the name
            path.toFile().deleteOnExit();
        } else {
            empty();
        }
    }

    /** Removes the file, if the path still leads to it, and then lets go of the lock. */
    public void close(Posix posix) {
        if (isBehindPath()) {
            remove();
        }
        posix.inherited(descriptor).close();
    }

    private void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException mayNot) {
            empty();
        }
    }

    /** Whether the path still leads to the file that the descriptor is of. */
    public boolean isBehindPath() {
        Optional<FileIdentity> held = FileIdentity.ofOwnDescriptor(descriptor);
        return held.isPresent() && held.equals(FileIdentity.ofPath(path));
    }

    private void empty() {
        try (Posix posix = Posix.open()) {
            posix.truncate(posix.inherited(descriptor), 0, path.toString());
        } catch (SystemCallException e) {
            System.err.println("daemonspec: " + e.getMessage() + "; remove it by hand.");
        }
    }

    private Path own() {
        return Path.of("/proc/self/fd", Integer.toString(descriptor));
    }
}
