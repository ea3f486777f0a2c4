package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.FileStatus;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * Who could have written a cache. It is code: whoever may write it runs what he likes in the daemon. So nobody may but root, this
 * process's user and the daemon's, neither the file nor what leads to it; by modes, as {@link FileAccess}.
 */
final class CacheTrust {

    private static final int OTHERS_WRITE = 022;

    private final Posix posix;
    private final Set<Long> trusted;

    private CacheTrust(Posix posix, Set<Long> trusted) {
        this.posix = posix;
        this.trusted = trusted;
    }

    /** Whether there is anything at the path, be it a link to nowhere. */
    static boolean exists(Path cache) {
        return Files.exists(cache, LinkOption.NOFOLLOW_LINKS);
    }

    /** The path without symbolic links in directories: what is looked at here is what the JVM opens. */
    static Path resolved(Path cache) {
        Path absolute = cache.toAbsolutePath();
        try {
            return absolute.getParent().toRealPath().resolve(absolute.getFileName());
        } catch (IOException notThere) {
            return absolute.normalize();
        }
    }

    /**
     * What is wrong with a cache that is there, or with the directory where it is to be: a sentence. Empty if nothing is.
     *
     * @param daemon as whom the daemon accesses files
     */
    static void check(Path cache, Credentials daemon, List<String> problems) {
        Set<Long> trusted = new TreeSet<>(Set.of(0L));
        trusted.add(Credentials.ofThisProcess().uid());
        trusted.add(daemon.uid());
        try (Posix posix = Posix.open()) {
            new CacheTrust(posix, trusted)
                    .doubt(resolved(cache))
                    .ifPresent(doubt -> problems.add("aotCache " + cache + ": " + doubt));
        }
    }

    private Optional<String> doubt(Path cache) {
        Optional<FileStatus> file = status(cache);
        if (file.isPresent() && !file.get().isRegular()) {
            return Optional.of((file.get().isSymbolicLink() ? "a symbolic link" : "no regular file")
                    + ", which a cache of code may not be; name the file itself.");
        }
        for (Path part = cache; part != null; part = part.getParent()) {
            Optional<FileStatus> status = status(part);
            if (status.isPresent() && mayBeChangedByOthers(status.get(), part.equals(cache))) {
                return Optional.of("EPERM (" + part + " has mode 0"
                        + Integer.toOctalString(status.get().mode())
                        + " and belongs to uid " + status.get().uid()
                        + ", so others may change the code in it); remove it, and let only root and the daemon's user"
                        + " write there.");
            }
        }
        return Optional.empty();
    }

    /** In a sticky directory others cannot replace what is not theirs, see inode(7), and what is here is looked at itself. */
    private boolean mayBeChangedByOthers(FileStatus status, boolean isFile) {
        boolean isWritten = (status.mode() & OTHERS_WRITE) != 0 && (isFile || !status.isSticky());
        return isWritten || !trusted.contains(status.uid());
    }

    private Optional<FileStatus> status(Path path) {
        try {
            return posix.status(ByteString.of(path));
        } catch (SystemCallException notThere) {
            return Optional.empty(); // opening it says so
        }
    }
}
