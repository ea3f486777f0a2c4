package org.daemonspec.internal.inspect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.pidfile.PidfileText;
import org.daemonspec.internal.posix.Posix;

/**
 * A pidfile as it is now.
 *
 * @param path absolute
 * @param text what it says
 * @param identity device and inode of what the path leads to
 * @param mode its permissions
 * @param uid its owner
 * @param how it came to be the daemon's, a phrase; empty if it was named
 */
record InspectedPidfile(Path path, PidfileText text, Object identity, int mode, long uid, String how) {

    private static final int PERMISSIONS = 07777;
    private static final long UNSIGNED = 0xFFFF_FFFFL;
    private static final long MOST_BYTES = 64;

    /**
     * The one at a path; empty if there is none.
     *
     * @throws org.daemonspec.internal.pidfile.PidfileException if it is none, or may not be read
     */
    static Optional<InspectedPidfile> at(Posix posix, Path path) throws IOException {
        Optional<PidfileText> text = PidfileText.read(posix, path);
        return text.isEmpty() ? Optional.empty() : Optional.of(of(path, text.get(), ""));
    }

    /** A file that the process has locked, and that contains its pid. */
    static Optional<InspectedPidfile> lockedBy(Subject subject) throws IOException {
        for (OpenFile file : subject.furtherFiles()) {
            Path path = file.link();
            if (file.regular() && file.lock().isPresent() && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                Optional<InspectedPidfile> found = named(path, file, subject.pid());
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** Opened as any pidfile: the process has chosen the path, and a FIFO that it puts there meanwhile holds nobody. */
    private static Optional<InspectedPidfile> named(Path path, OpenFile file, long pid) throws IOException {
        if (Files.size(path) > MOST_BYTES) {
            return Optional.empty();
        }
        try (Posix posix = Posix.open()) {
            Optional<PidfileText> text = PidfileText.read(posix, path);
            return text.isPresent() && text.get().pid().equals(OptionalLong.of(pid))
                    ? Optional.of(of(path, text.get(), ", which it holds a lock on as fd " + file.number()))
                    : Optional.empty();
        } catch (PidfileException noneByNow) {
            return Optional.empty();
        }
    }

    private static InspectedPidfile of(Path path, PidfileText text, String how) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return new InspectedPidfile(
                path.toAbsolutePath(),
                text,
                Objects.requireNonNull(attributes.fileKey()),
                (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & PERMISSIONS,
                (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS) & UNSIGNED,
                how);
    }

    /** Whether a descriptor is of the file that the path leads to. */
    boolean isBehind(OpenFile file) {
        return identity.equals(file.identity());
    }
}
