package org.daemonspec.internal.pidfile;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;

/** A pidfile's text: a decimal pid and a newline, or nothing that counts. */
final class PidfileContent {

    /** The largest pid that Linux gives, PID_MAX_LIMIT in proc(5). */
    private static final long LARGEST_PID = 4_194_304;

    /** More than any pid needs: a longer file is somebody's text, which a start does not overwrite, unless it is a number. */
    static final int MOST_BYTES = 64;

    /** More than this is not worth reading. */
    private static final int MOST_DIGITS = 1 << 16;

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
        if (digits.isEmpty() || digits.length() > 7 || !consistsOf("0123456789", digits)) {
            return OptionalLong.empty();
        }
        long pid = Long.parseLong(digits);
        return pid == 0 || pid > LARGEST_PID ? OptionalLong.empty() : OptionalLong.of(pid);
    }

    private static boolean consistsOf(String characters, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (characters.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether an opened file contains nothing but digits, signs, blanks and the NULs that a power failure leaves. */
    static boolean isNumberOfAnyLength(Posix posix, Descriptor file) {
        byte[] bytes = posix.readAtStart(file, MOST_DIGITS);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return bytes.length < MOST_DIGITS && consistsOf("0123456789+- \t\r\n\0", text);
    }

    /** The pid in an opened file. */
    static OptionalLong read(Posix posix, Descriptor file) {
        return parse(text(posix, file));
    }

    /**
     * The pid in an opened file, newline or not, as pidfile_write(3) leaves it. May be the beginning of a pid that somebody
     * is writing: to be believed only of a process that proves to hold the lock.
     */
    static OptionalLong readUnterminated(Posix posix, Descriptor file) {
        return parse(text(posix, file) + "\n");
    }

    private static String text(Posix posix, Descriptor file) {
        return new String(posix.readAtStart(file, MOST_BYTES), StandardCharsets.ISO_8859_1);
    }
}
