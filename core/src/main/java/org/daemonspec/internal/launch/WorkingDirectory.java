package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.ProcessContext;

/**
 * The daemon's working directory, made if it is missing and the specification says so, with what is missing above it. Closing it
 * takes away what was made, as far as it is empty, unless it is kept.
 */
final class WorkingDirectory implements AutoCloseable {

    private static final int MODE_ABOVE = 0755;

    private static final int OWNER_WRITES = 0200;

    /** Until it is as it shall be, nobody else gets in. */
    private static final int MODE_AT_FIRST = 0700;

    private final List<Path> made = new ArrayList<>();

    private WorkingDirectory() {}

    /**
     * Makes what is missing.
     *
     * @param owner whom the last of the directories belongs to; empty for this process's user
     * @throws org.daemonspec.internal.posix.SystemCallException if that fails; then nothing is left of it
     */
    static WorkingDirectory make(Posix posix, LaunchSpec spec, Optional<ProcessContext.Identity> owner) {
        WorkingDirectory directory = new WorkingDirectory();
        if (spec.workingDirectoryMode().isPresent()) {
            if (Files.notExists(spec.workingDirectory())) {
                new TrustedFiles(posix, owner).checkPlace("workingDirectory", spec.workingDirectory());
            }
            try {
                directory.make(
                        posix,
                        spec.workingDirectory().toAbsolutePath(),
                        spec.workingDirectoryMode().getAsInt(),
                        owner);
            } catch (RuntimeException e) {
                directory.close();
                throw e;
            }
        }
        return directory;
    }

    /** Whether there will be a new one, which its owner may write. */
    static boolean willBeMade(LaunchSpec spec) {
        return (spec.workingDirectoryMode().orElse(0) & OWNER_WRITES) != 0 && Files.notExists(spec.workingDirectory());
    }

    private void make(Posix posix, Path directory, int mode, Optional<ProcessContext.Identity> owner) {
        Deque<Path> above = new ArrayDeque<>();
        for (Path parent = directory.getParent();
                parent != null && !Files.exists(parent, LinkOption.NOFOLLOW_LINKS);
                parent = parent.getParent()) {
            above.push(parent);
        }
        for (Path parent : above) {
            if (posix.makeDirectory(ByteString.of(parent), MODE_ABOVE)) {
                made.add(parent);
                setMode(posix, parent, MODE_ABOVE, Optional.empty());
            }
        }
        if (posix.makeDirectory(ByteString.of(directory), MODE_AT_FIRST)) {
            made.add(directory);
            setMode(posix, directory, mode, owner);
        }
    }

    /** By a descriptor, which cannot lead elsewhere if somebody puts a symbolic link in the directory's place. */
    private static void setMode(Posix posix, Path directory, int mode, Optional<ProcessContext.Identity> owner) {
        try (Descriptor descriptor = posix.open(ByteString.of(directory), OpenFor.ADJUSTING, 0)) {
            owner.ifPresent(user -> posix.changeOwner(descriptor, user.uid(), user.gid(), ByteString.of(directory)));
            posix.changeMode(descriptor, mode, ByteString.of(directory));
        }
    }

    /** The start has succeeded. */
    void keep() {
        made.clear();
    }

    @Override
    public void close() {
        for (Path directory : made.reversed()) {
            try {
                Files.deleteIfExists(directory);
            } catch (IOException inUse) {
                return;
            }
        }
    }
}
