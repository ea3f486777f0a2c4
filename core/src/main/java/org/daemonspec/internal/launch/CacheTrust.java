package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Who could have written a cache. It is code: whoever may write it runs what he likes in the daemon. So nobody may but root, this
 * process's user and the daemon's, neither the file nor what leads to it; by modes, as {@link FileAccess}.
 */
final class CacheTrust {

    private static final int OTHERS_WRITE = 022;
    private static final int STICKY = 01000;
    private static final int PERMISSIONS = 07777;

    private final Set<Long> trusted = new HashSet<>();

    private CacheTrust(Credentials daemon) {
        trusted.add(0L);
        trusted.add(Credentials.ofThisProcess().uid());
        trusted.add(daemon.uid());
    }

    /** Whether there is anything at the path, be it a link to nowhere. */
    static boolean exists(Path cache) {
        return Files.exists(cache, LinkOption.NOFOLLOW_LINKS);
    }

    /** The path without symbolic links in directories: what is looked at here is what the JVM opens. */
    static Path resolved(Path cache) {
        Path absolute = cache.toAbsolutePath();
        Path parent = absolute.getParent();
        if (parent == null) {
            return absolute;
        }
        try {
            return parent.toRealPath().resolve(cache.getFileName());
        } catch (IOException notThere) {
            return absolute.normalize();
        }
    }

    /**
     * Looks at a cache that is there, or at the place where it is to be.
     *
     * @param daemon as whom the daemon accesses files
     * @param problems to which what is wrong is added
     */
    static void check(Path cache, Credentials daemon, List<String> problems) {
        Optional<String> doubt = new CacheTrust(daemon).doubt(resolved(cache));
        if (doubt.isPresent()) {
            problems.add("aotCache " + cache + ": " + doubt.get());
        }
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
                if (!trusted.contains(uid) || isWritableForOthers(mode, part.equals(cache))) {
                    return Optional.of("EPERM (" + part + " has mode 0" + Integer.toOctalString(mode)
                            + " and belongs to uid " + uid
                            + ", so somebody else may write code here); let only root and the daemon's user write"
                            + " there, and train again.");
                }
            } catch (IOException notThere) {
                // opening it says so
            }
        }
        return Optional.empty();
    }

    /** In a sticky directory others cannot replace what is not theirs, see inode(7), and what is here is looked at itself. */
    private static boolean isWritableForOthers(int mode, boolean isFile) {
        return (mode & OTHERS_WRITE) != 0 && (isFile || (mode & STICKY) == 0);
    }
}
