package org.daemonspec.internal.daemon;

import java.nio.file.Path;
import java.util.Optional;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * The files that stdout and stderr are appended to.
 *
 * @param stdout absolute; empty if it is no file
 * @param stderr the same; equal to stdout if both are one open file
 */
public record LogFiles(Optional<Path> stdout, Optional<Path> stderr) {

    /** Logs are for the owner to write and the group to read, and never world-readable by accident. */
    public static final int MODE = 0640;

    private static final int STDOUT = 1;
    private static final int STDERR = 2;

    /**
     * Opens the files anew by their names, as after logrotate(8) has renamed them, and puts them in the place of the old ones
     * by dup2(2): whatever writes to descriptor 1 or 2, native code too, is in the new file from one write to the next. A file
     * that cannot be opened leaves the old one in place, and stderr says so.
     */
    public void reopen() {
        System.out.flush();
        System.err.flush();
        try (Posix posix = Posix.open()) {
            boolean shared = stdout.equals(stderr);
            stdout.ifPresent(path -> reopen(posix, path, STDOUT, shared));
            if (!shared) {
                stderr.ifPresent(path -> reopen(posix, path, STDERR, false));
            }
        }
    }

    private static void reopen(Posix posix, Path path, int target, boolean stderrToo) {
        try (Descriptor file = posix.open(ByteString.of(path), OpenFor.APPENDING, MODE)) {
            posix.duplicateTo(file, target);
            if (stderrToo) {
                posix.duplicateTo(file, STDERR);
            }
        } catch (SystemCallException e) {
            System.err.println("daemonspec: reopen log: " + e.getMessage()
                    + "; the old file is still written, see that this user may write the new one.");
        }
    }
}
