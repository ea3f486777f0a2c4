package org.daemonspec.internal.pidfile;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;

/**
 * What is written in a pidfile of whatever kind, for somebody who wants to know and not to believe it.
 *
 * @param firstLine without its newline
 * @param complete whether there is a newline after it
 * @param only whether nothing comes after that
 */
public record PidfileText(String firstLine, boolean complete, boolean only) {

    /**
     * Reads the beginning of the file, whoever owns it.
     *
     * @return empty if there is no file
     * @throws PidfileException if it cannot be opened, or is no regular file
     */
    public static Optional<PidfileText> read(Posix posix, Path path) {
        try (Descriptor file = PidfileClaim.open(posix, path).orElse(null)) {
            return file == null
                    ? Optional.empty()
                    : Optional.of(of(new String(
                            posix.readAtStart(file, PidfileContent.MOST_BYTES), StandardCharsets.ISO_8859_1)));
        }
    }

    /** The same of a text that has been read. */
    public static PidfileText of(String text) {
        int newline = text.indexOf('\n');
        return newline < 0
                ? new PidfileText(text, false, true)
                : new PidfileText(text.substring(0, newline), true, newline == text.length() - 1);
    }

    /** The pid in the first line: other programs write more than one. Empty if there is none. */
    public OptionalLong pid() {
        return PidfileContent.parse(firstLine + "\n");
    }
}
