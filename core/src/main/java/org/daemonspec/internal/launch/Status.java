package org.daemonspec.internal.launch;

import java.nio.charset.StandardCharsets;
import org.daemonspec.internal.posix.Printable;

/** What the daemon says through the status pipe: one message, then end of file. End of file alone: it died. */
sealed interface Status {

    /** It is ready. */
    record Ready() implements Status {

        @Override
        public byte[] toBytes() {
            return bytes("R");
        }
    }

    /** It gave up, and says why. */
    record Failed(String reason) implements Status {

        private static final int LONGEST = 1000;

        @Override
        public byte[] toBytes() {
            return bytes("F" + reason.substring(0, Math.min(reason.length(), LONGEST)));
        }
    }

    /** It ended, or closed the pipe, without a word. */
    record Died() implements Status {

        @Override
        public byte[] toBytes() {
            return new byte[0];
        }
    }

    /** As it goes through the pipe; shorter than PIPE_BUF, so that it is one write(2). */
    byte[] toBytes();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Status fromBytes(byte[] message) {
        String text = new String(message, StandardCharsets.UTF_8);
        return switch (text.isEmpty() ? ' ' : text.charAt(0)) {
            case 'R' -> new Ready();
            case 'F' -> new Failed(Printable.of(text.substring(1)));
            default -> new Died();
        };
    }
}
