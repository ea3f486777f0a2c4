package org.daemonspec.internal.pidfile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.OptionalLong;

/**
 * A look at a pidfile without a native call, the first of which costs a fresh JVM a tenth of a second. It sees less than
 * {@link PidfileClaim} does, and what it is not sure of, it has not seen: it opens the file only if nobody but root and this user
 * can have put something else in its place meanwhile, such as a FIFO, whose open(2) would wait.
 */
final class PidfileGlance {

    private static final int WRITE_BESIDE_THE_OWNER = 022;
    private static final int STICKY = 01000;
    private static final int ROOT = 0;

    private PidfileGlance() {}

    /** The process that the file names, if it is proven to hold the lock. */
    static OptionalLong holder(Path path) {
        try {
            Path directory = path.toAbsolutePath().getParent();
            if (directory == null) {
                return OptionalLong.empty();
            }
            Path file = directory.toRealPath().resolve(path.getFileName());
            if (!isRegular(file) || !isOurs(file) || isWrittenByOthers(file) || mayBeReplacedByOthers(file)) {
                return OptionalLong.empty();
            }
            OptionalLong pid = PidfileContent.parse(text(file));
            return pid.isPresent() && LockHolder.isProven(pid.getAsLong(), file) ? pid : OptionalLong.empty();
        } catch (IOException anything) {
            return OptionalLong.empty();
        }
    }

    private static boolean isRegular(Path path) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return attributes.isRegularFile() && attributes.size() <= PidfileContent.MOST_BYTES;
    }

    private static String text(Path path) throws IOException {
        return new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
    }

    private static boolean mayBeReplacedByOthers(Path file) throws IOException {
        for (Path above = file.getParent(); above != null; above = above.getParent()) {
            if (!isOurs(above) || (isWrittenByOthers(above) && (mode(above) & STICKY) == 0)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it belongs to root or this process's user. */
    private static boolean isOurs(Path path) throws IOException {
        int uid = (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        return uid == ROOT
                || Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(uid);
    }

    private static boolean isWrittenByOthers(Path path) throws IOException {
        return (mode(path) & WRITE_BESIDE_THE_OWNER) != 0;
    }

    private static int mode(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    }
}
