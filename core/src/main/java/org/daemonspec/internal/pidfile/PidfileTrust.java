package org.daemonspec.internal.pidfile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who could have written a pidfile. A lock travels with its descriptor, and whoever may write the file can lock it and pass it
 * to a process of somebody else, whose pid they then write: to be signalled, by root perhaps.
 */
public final class PidfileTrust {

    private static final int GROUP_WRITE = 020;
    private static final int OTHERS_WRITE = 02;

    private PidfileTrust() {}

    /**
     * Why the pidfile is no reason to signal a process that holds its lock: a sentence without its end, and what to do. Empty if
     * only root, this user, or the process's own user can have written it.
     */
    public static Optional<String> doubt(Path pidfile, long pid) {
        try {
            PosixFileAttributes attributes =
                    Files.readAttributes(pidfile, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Set<PosixFilePermission> others = writersBesideTheOwner(attributes);
            if (!others.isEmpty()) {
                return Optional.of(
                        pidfile + " allows " + others + ", so anybody may have written its pid; chmod it to 0644");
            }
            UserPrincipal owner = attributes.owner();
            boolean isTheirs = owner.equals(Files.getOwner(Path.of("/proc", Long.toString(pid))));
            return isTheirs || isRootOrThisUser(owner, pidfile)
                    ? Optional.empty()
                    : Optional.of(pidfile + " belongs to " + owner.getName() + ", and process " + pid
                            + " does not; find out who wrote it");
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** Whether the owner of a file is root or this process's user. */
    private static boolean isRootOrThisUser(UserPrincipal owner, Path file) {
        try {
            return owner.equals(Files.getOwner(Path.of("/proc/self")))
                    || Files.getAttribute(file, "unix:uid").equals(0);
        } catch (IOException e) {
            return false;
        }
    }

    /** The same by the mode. */
    static Set<PosixFilePermission> writersBesideTheOwner(int mode) {
        Set<PosixFilePermission> others = EnumSet.noneOf(PosixFilePermission.class);
        if ((mode & GROUP_WRITE) != 0) {
            others.add(PosixFilePermission.GROUP_WRITE);
        }
        if ((mode & OTHERS_WRITE) != 0) {
            others.add(PosixFilePermission.OTHERS_WRITE);
        }
        return others;
    }

    private static Set<PosixFilePermission> writersBesideTheOwner(PosixFileAttributes attributes) {
        Set<PosixFilePermission> others = EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
        others.retainAll(attributes.permissions());
        return others;
    }
}
