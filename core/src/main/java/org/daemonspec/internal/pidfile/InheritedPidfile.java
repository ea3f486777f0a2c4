package org.daemonspec.internal.pidfile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * The locked pidfile as the daemon has it: by an inherited descriptor. Plain Java throughout, since it is on the way to
 * <em>ready</em>.
 *
 * @param path absolute
 * @param descriptor the inherited descriptor, which carries the lock
 */
public record InheritedPidfile(Path path, int descriptor) {

    /** Makes the pid the content if it is not: the launcher may have been killed before it wrote it. */
    public void ensureContent(long pid) throws IOException {
        if (PidfileContent.parse(Files.readString(own(), StandardCharsets.ISO_8859_1))
                        .orElse(0)
                != pid) {
            byte[] content = PidfileContent.of(pid);
            try (FileChannel file = FileChannel.open(own(), StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.wrap(content), 0); // onto the reserved blanks, and only then shorter
                file.truncate(content.length);
            }
        }
    }

    /**
     * Has the file removed as the last thing before the JVM halts, after all shutdown hooks: as long as anything of the
     * service still runs, the path leads to a locked file. Does nothing if the path leads elsewhere by now; empties the file
     * if its directory may not be written. To be called from a shutdown hook.
     */
    public void removeAtHalt() {
        if (!FileIdentity.ofPath(path).equals(FileIdentity.ofOwnDescriptor(descriptor))) {
            return;
        }
        if (Files.isWritable(Objects.requireNonNull(path.getParent(), "an absolute file has a parent"))) {
            path.toFile().deleteOnExit();
        } else {
            empty();
        }
    }

    private void empty() {
        try {
            Files.write(own(), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            System.err.println("daemonspec: truncate " + path + ": " + e + "; remove it by hand.");
        }
    }

    private Path own() {
        return Path.of("/proc/self/fd", Integer.toString(descriptor));
    }
}
