package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.FileStatus;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * Where somebody could decide what a path leads to: a directory on the way in which he may put a symbolic link, or another file,
 * in the place of what is there. A launcher with more rights than the daemon that opened a log in such a place would open for it
 * what the daemon's user likes: {@code /etc/passwd}, to append to. By modes, as {@link FileAccess}; a directory's owner can always
 * change its mode.
 */
final class WeakPlace {

    private static final int MOST_LINKS = 40;

    private final Posix posix;
    private final Credentials user;
    private final Deque<Path> rest = new ArrayDeque<>();
    private Path current = Path.of("/");
    private int links;

    private WeakPlace(Posix posix, Credentials user) {
        this.posix = posix;
        this.user = user;
    }

    /** The first directory on the way to a file in which the user could put something else in its place; empty if there is none. */
    static Optional<Path> onTheWayTo(Posix posix, Path file, Credentials user) {
        WeakPlace way = new WeakPlace(posix, user);
        way.push(file.toAbsolutePath());
        return way.walk();
    }

    private void push(Path path) {
        if (path.isAbsolute()) {
            current = Path.of("/");
        }
        for (int i = path.getNameCount() - 1; i >= 0; i--) {
            rest.push(path.getName(i));
        }
    }

    /** As the kernel does, see path_resolution(7). */
    private Optional<Path> walk() {
        while (!rest.isEmpty()) {
            Path name = rest.pop();
            if (name.toString().equals("..")) {
                current = current.getParent() == null ? current : current.getParent();
            } else if (!name.toString().equals(".")) {
                Path entry = current.resolve(name);
                Optional<FileStatus> status = status(entry);
                if (isWeak(status)) {
                    return Optional.of(current);
                }
                if (status.isEmpty()) {
                    return Optional.empty(); // nobody but us can make what is missing
                }
                if (status.get().isSymbolicLink()) {
                    links++;
                    if (links > MOST_LINKS) {
                        return Optional.of(current);
                    }
                    push(target(entry));
                } else {
                    current = entry;
                }
            }
        }
        return Optional.empty();
    }

    /** Whether the user could replace an entry of the current directory. In a sticky one, only his own, see inode(7). */
    private boolean isWeak(Optional<FileStatus> entry) {
        Optional<FileStatus> directory = status(current);
        if (directory.isEmpty() || !isInHandsOfUser(directory.get())) {
            return false;
        }
        boolean sticky = directory.get().isSticky() && directory.get().uid() != user.uid();
        return !sticky || entry.isEmpty() || entry.get().uid() == user.uid();
    }

    private boolean isInHandsOfUser(FileStatus directory) {
        return directory.uid() == user.uid()
                || directory.allows(user.uid(), user.gids(), FileAccess.WRITE | FileAccess.ENTER);
    }

    /** One that has gone meanwhile leads nowhere. */
    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException gone) {
            return link.getFileName();
        }
    }

    private Optional<FileStatus> status(Path path) {
        try {
            return posix.status(ByteString.of(path));
        } catch (SystemCallException notThere) {
            return Optional.empty(); // ENOTDIR, EACCES: opening it says so
        }
    }
}
