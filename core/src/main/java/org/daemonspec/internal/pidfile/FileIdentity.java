package org.daemonspec.internal.pidfile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Device and inode: which file it is, whatever path leads to it. */
record FileIdentity(Object key) {

    /** Not what the JDK makes for records: a fresh JVM takes many milliseconds for that, and a daemon's end compares once. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FileIdentity identity && key.equals(identity.key);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    /** The file that a path names now; a symbolic link is itself, not what it points to. Empty if there is none. */
    static Optional<FileIdentity> ofPath(Path path) {
        return of(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether this process has a regular file open as the given descriptor. */
    static boolean isRegularFile(int descriptor) throws IOException {
        Path own = Path.of("/proc/self/fd", Integer.toString(descriptor));
        return Files.readAttributes(own, BasicFileAttributes.class).isRegularFile();
    }

    /** The file that this process has open as the given descriptor. */
    static Optional<FileIdentity> ofOwnDescriptor(int descriptor) {
        return of(Path.of("/proc/self/fd", Integer.toString(descriptor)));
    }

    /** Whether an entry of {@code /proc/PID/fd} leads to the file. */
    static boolean isBehind(Path entry, FileIdentity file) {
        Optional<FileIdentity> identity = of(entry);
        return identity.isPresent() && identity.get().key().equals(file.key());
    }

    /** The file behind an entry of {@code /proc/PID/fd}. */
    static Optional<FileIdentity> of(Path path, LinkOption... options) {
        try {
            return Optional.of(new FileIdentity(
                    Objects.requireNonNull(Files.readAttributes(path, BasicFileAttributes.class, options)
                            .fileKey())));
        } catch (IOException absentOrUnreadable) {
            return Optional.empty();
        }
    }
}
