package org.daemonspec.internal.notify;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * A message to a supervisor: assignments, one a line, see sd_notify(3).
 *
 * @param text what is sent, in UTF-8
 */
public record Notification(String text) {

    /** Characters of a text for people; with four bytes for each, the other assignments of a message have room. */
    private static final int LONGEST_TEXT = 1000;

    private static final String CUT = "…";

    /** These assignments, whose values have no line breaks. */
    public static Notification of(List<String> assignments) {
        return new Notification(String.join("\n", assignments));
    }

    /** What is sent. */
    byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** How many bytes are sent. */
    public int length() {
        return bytes().length;
    }

    /** The service can be used; {@code mainPid} if the supervisor does not know the process. */
    static Notification ready(OptionalLong mainPid) {
        return mainPid.isPresent()
                ? of(List.of("READY=1", "MAINPID=" + mainPid.getAsLong()))
                : new Notification("READY=1");
    }

    /** The configuration is being read again since this time, see {@link org.daemonspec.internal.posix.MonotonicClock}. */
    static Notification reloading(long microseconds) {
        return of(List.of("RELOADING=1", "MONOTONIC_USEC=" + microseconds));
    }

    /** The service is about to end. */
    static Notification stopping() {
        return new Notification("STOPPING=1");
    }

    /** How it does, for people. */
    static Notification status(String text) {
        return new Notification("STATUS=" + oneLine(text));
    }

    /** Why it will end. */
    static Notification failed(String reason, OptionalInt errno, int exitStatus) {
        List<String> assignments = new ArrayList<>(List.of("STATUS=" + oneLine(reason)));
        errno.ifPresent(number -> assignments.add("ERRNO=" + number));
        assignments.add("EXIT_STATUS=" + exitStatus);
        return of(assignments);
    }

    /** It needs that much longer to start, to run or to stop. */
    static Notification extendTimeout(Duration time) {
        return new Notification("EXTEND_TIMEOUT_USEC=" + microseconds(time));
    }

    /** It is alive. */
    static Notification alive() {
        return new Notification("WATCHDOG=1");
    }

    /** It is as good as dead. */
    static Notification unhealthy(String reason) {
        return of(List.of("STATUS=" + oneLine(reason), "WATCHDOG=trigger"));
    }

    /** A duration as the protocol has it. */
    public static long microseconds(Duration time) {
        return TimeUnit.MICROSECONDS.convert(time);
    }

    /**
     * The text as one value: a line break in an exception's message would begin another assignment, and a supervisor drops a
     * message with NUL, with what is not UTF-8, or one that is too long.
     */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints()
                .map(c -> Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? ' ' : c)
                .map(c -> Character.getType(c) == Character.SURROGATE ? '?' : c)
                .limit(LONGEST_TEXT + 1L)
                .forEach(line::appendCodePoint);
        String joined = line.toString().replaceAll(" {2,}", " ").strip();
        if (joined.codePointCount(0, joined.length()) <= LONGEST_TEXT) {
            return joined;
        }
        return joined.substring(0, joined.offsetByCodePoints(0, LONGEST_TEXT - 1)) + CUT;
    }
}
