package org.daemonspec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.daemonspec.internal.generate.GeneratedFile;

/**
 * A file for a supervisor or a distribution that was made from a specification, see {@link DaemonSpec#files()}: to be read, and to
 * be changed where a machine differs. Immutable and thread-safe.
 *
 * @param name such as {@code echo.service}; within the files of a specification each has its own
 * @param content text with a line feed at its end
 * @param mode as chmod(2) takes it: 0755 for a script, otherwise 0644
 */
public record DaemonFile(String name, String content, int mode) {

    static DaemonFile of(GeneratedFile file) {
        return new DaemonFile(file.name(), file.content(), file.mode());
    }

    /**
     * Writes it in UTF-8 under its name, with its mode whatever the umask, in place of a file that is there.
     *
     * @param directory exists
     * @return the file
     * @throws IOException if it cannot be written; a symbolic link in its place is refused
     */
    public Path writeTo(Path directory) throws IOException {
        Path file = directory.resolve(name);
        Files.write(
                file,
                content.getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING,
                LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:mode", mode);
        return file;
    }
}
