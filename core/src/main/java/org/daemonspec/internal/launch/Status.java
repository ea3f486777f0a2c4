package org.daemonspec.internal.launch;

import java.nio.charset.StandardCharsets;

/** What the daemon says through the status pipe: one message, then end of file. End of file alone: it died. */
sealed interface Status {

    /** It is ready. */
    record Ready() implements Status {}

    /** It gave up, and says why. */
    record Failed(String reason) implements Status {}

    /** It ended, or closed the pipe, without a word. */
    record Died() implements Status {}

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** As it goes through the pipe; shorter than PIPE_BUF, so that it is one write(2). */
    default byte[] toBytes() {
        return switch (this) {
            case Ready() -> bytes("R");
            case Failed(String reason) -> bytes("F" + reason.substring(0, Math.min(reason.length(), 1000)));
            case Died() -> new byte[0];
        };
    }

    static Status fromBytes(byte[] message) {
        String text = new String(message, StandardCharsets.UTF_8);
        return switch (text.isEmpty() ? ' ' : text.charAt(0)) {
            case 'R' -> new Ready();
            case 'F' -> new Failed(LogTail.printable(text.substring(1)));
            default -> new Died();
        };
    }
}
