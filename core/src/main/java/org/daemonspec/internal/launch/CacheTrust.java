package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Who could have written a cache. It is code: whoever may write it runs what he likes in the launcher and in the daemon. So nobody may
 * but root and this process's user, neither the file nor what leads to it; by modes, as {@link FileAccess}. The daemon's user, if it is
 * another, may not either: root's launcher has the cache, too, and {@code train} writes beside it.
 */
final class CacheTrust {

    private static final int OTHERS_WRITE = 022;
    private static final int STICKY = 01000;
    private static final int PERMISSIONS = 07777;

    private final long self = Credentials.ofThisProcess().uid();

    private CacheTrust() {}

    /** Whether there is anything at the path, be it a link to nowhere. */
    static boolean exists(Path cache) {
        return Files.exists(cache, LinkOption.NOFOLLOW_LINKS);
    }

    /** The path without symbolic links in directories: what is looked at here is what the JVM opens. Empty if there is no such directory. */
    static Optional<Path> resolved(Path cache) {
        Path parent = cache.toAbsolutePath().getParent();
        if (parent == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(parent.toRealPath().resolve(cache.getFileName()));
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    /**
     * Looks at a cache that is there, or at the place where it is to be. What is found stays so: nobody else can change it.
     *
     * @param cache as {@link #resolved} gives it
     * @param problems to which what is wrong is added
     * @return whether nothing is
     */
    static boolean check(Path cache, List<String> problems) {
        Optional<String> doubt = new CacheTrust().doubt(cache);
        if (doubt.isPresent()) {
            problems.add("aotCache " + cache + ": " + doubt.get());
        }
        return doubt.isEmpty();
    }

    private Optional<String> doubt(Path cache) {
        if (exists(cache) && !Files.isRegularFile(cache, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of((Files.isSymbolicLink(cache) ? "a symbolic link" : "no regular file")
                    + ", which a cache of code may not be; name the file itself.");
        }
        for (Path part = cache; part != null; part = part.getParent()) {
            try {
                Map<String, Object> attributes = Files.readAttributes(part, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
                long uid = Integer.toUnsignedLong((int) Objects.requireNonNull(attributes.get("uid")));
                int mode = (int) Objects.requireNonNull(attributes.get("mode")) & PERMISSIONS;
                if ((uid != 0 && uid != self) || isWritableForOthers(mode, part.equals(cache))) {
                    return Optional.of("EPERM (" + part + " has mode 0" + Integer.toOctalString(mode)
                            + " and belongs to uid " + uid
                            + ", so somebody else may write code here); let only root and the user who starts the"
                            + " daemon write there, and train again.");
                }
            } catch (IOException notThere) {
                // a cache that is still to be made; its directories are looked at all the same
            }
        }
        return Optional.empty();
    }

    /** In a sticky directory others cannot replace what is not theirs, see inode(7), and what is here is looked at itself. */
    private static boolean isWritableForOthers(int mode, boolean isFile) {
        return (mode & OTHERS_WRITE) != 0 && (isFile || (mode & STICKY) == 0);
    }
}
