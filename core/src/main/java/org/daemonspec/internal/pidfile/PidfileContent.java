package org.daemonspec.internal.pidfile;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;

/** A pidfile's text: a decimal pid and a newline, or nothing that counts. */
final class PidfileContent {

    /** The largest pid that Linux gives, PID_MAX_LIMIT in proc(5). */
    private static final long LARGEST_PID = 4_194_304;

    /** More than any pid needs: a longer file is no pidfile. */
    static final int MOST_BYTES = 64;

    private PidfileContent() {}

    /** Blanks: they hold the disk space that the pid will need, so that a full disk is known before anything is forked. */
    static byte[] reservation() {
        return "       \n".getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] of(long pid) {
        return (pid + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The pid in the text; empty if it is blank, partial, negative, too large or garbled. */
    static OptionalLong parse(String text) {
        if (!text.endsWith("\n")) {
            return OptionalLong.empty(); // somebody is writing it
        }
        String digits = text.strip();
        if (digits.isEmpty() || digits.length() > 7 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return OptionalLong.empty();
        }
        long pid = Long.parseLong(digits);
        return pid == 0 || pid > LARGEST_PID ? OptionalLong.empty() : OptionalLong.of(pid);
    }

    /** The pid in an opened file. */
    static OptionalLong read(Posix posix, Descriptor file) {
        return parse(new String(posix.readAtStart(file, MOST_BYTES), StandardCharsets.ISO_8859_1));
    }
}
