package org.daemonspec.internal.daemon;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.FileStatus;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * Opens the daemon's logs anew when somebody has renamed them, or renames them itself when they have become too large.
 *
 * <p>A new file is put in the place of the old one by dup2(2): whatever writes to descriptor 1 or 2, native code too, is in the
 * new file from one write(2) to the next, and what Java prints by one call is in one file. Thread-safe.
 */
public final class LogKeeper {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final LogFiles files;
    private final JvmOutput stdout = JvmOutput.ofStdout();
    private final JvmOutput stderr = JvmOutput.ofStderr();

    /** What is wrong with a log and has been said, so that it is not said each second. */
    private final Map<Path, String> complaints = new HashMap<>();

    /** A keeper for the logs of this process. */
    public LogKeeper(LogFiles files) {
        this.files = files;
    }

    /** Opens the files anew by their names. One that cannot be opened leaves the old one in place, and stderr says so. */
    public synchronized void reopen() {
        try (Posix posix = Posix.open()) {
            complaints.clear();
            forEachFile((path, outputs) -> reopen(posix, path, outputs));
        }
    }

    /** Looks at the files' size now, and from now on each second, if they are to be rotated at all. */
    public void startRotating() {
        if (files.rotation().isPresent()) {
            LogFiles.Rotation rotation = files.rotation().get();
            rotate(rotation);
            Thread.ofPlatform().daemon().name("daemonspec-logs").start(() -> rotateForEver(rotation));
        }
    }

    private void rotateForEver(LogFiles.Rotation rotation) {
        while (true) {
            try (Posix posix = Posix.open()) {
                posix.pause(BETWEEN_LOOKS);
            }
            rotate(rotation);
        }
    }

    private synchronized void rotate(LogFiles.Rotation rotation) {
        try (Posix posix = Posix.open()) {
            forEachFile((path, outputs) -> rotate(posix, path, outputs, rotation));
        }
    }

    @FunctionalInterface
    private interface Action {
        void on(Path path, List<JvmOutput> outputs);
    }

    private void forEachFile(Action action) {
        files.stdout().ifPresent(path -> action.on(path, files.areOne() ? List.of(stdout, stderr) : List.of(stdout)));
        if (!files.areOne()) {
            files.stderr().ifPresent(path -> action.on(path, List.of(stderr)));
        }
    }

    /** Whether it was opened. */
    private boolean reopen(Posix posix, Path path, List<JvmOutput> outputs) {
        try (Descriptor file = LogFile.open(posix, ByteString.of(path), files.mode(), Optional.empty())) {
            outputs.forEach(output -> output.turnTo(posix, file));
            return true;
        } catch (SystemCallException e) {
            complain(
                    path,
                    "reopen log: " + e.getMessage()
                            + "; the old file is still written, see that this user may write the new one.");
            return false;
        }
    }

    /**
     * The file is renamed only if it is the one that is written to: if somebody has put it aside already, it is only opened anew.
     */
    private void rotate(Posix posix, Path path, List<JvmOutput> outputs, LogFiles.Rotation rotation) {
        try {
            FileStatus open = posix.status(outputs.getFirst().descriptor());
            if (!open.isRegular() || open.size() < rotation.bytes()) {
                return;
            }
            Optional<FileStatus> named = posix.status(ByteString.of(path));
            if (named.isPresent() && named.get().isSymbolicLink()) {
                complain(path, "rotate log " + path + ": ELOOP (a symbolic link); name the file itself as the log.");
                return;
            }
            if (named.isPresent() && named.get().isSameFileAs(open)) {
                putAside(path, rotation.keep());
            }
            if (reopen(posix, path, outputs)) {
                complaints.remove(path);
            }
        } catch (SystemCallException e) {
            complain(path, "rotate log " + path + ": " + e.getMessage() + "; it grows on until that is mended.");
        } catch (IOException e) {
            complain(
                    path,
                    "rotate log " + path + ": rename " + explanation(e)
                            + "; it grows on, give this user the right to write in its directory.");
        }
    }

    /** {@code log.1} becomes {@code log.2} and so on up to the first number that is free, and the log {@code log.1}. */
    private static void putAside(Path log, int keep) throws IOException {
        int free = 1;
        while (free < keep && Files.exists(numbered(log, free), LinkOption.NOFOLLOW_LINKS)) {
            free++;
        }
        for (int number = free; number > 1; number--) {
            rename(numbered(log, number - 1), numbered(log, number));
        }
        rename(log, numbered(log, 1));
    }

    private static Path numbered(Path log, int number) {
        return ByteString.toPath(ByteString.of(log) + "." + number);
    }

    /** rename(2): replaces what has the name, and takes a symbolic link for what it is. */
    private static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String explanation(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> denied.getFile() + ": EACCES (not permitted)";
            case FileSystemException failed -> failed.getFile() + ": " + failed.getReason();
            default -> e.toString();
        };
    }

    private void complain(Path log, String complaint) {
        if (!complaint.equals(complaints.put(log, complaint))) {
            System.err.println("daemonspec: " + complaint);
        }
    }
}
