package org.daemonspec.internal.notify;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/** Whatever a task says of itself, a supervisor hears these assignments and no other. */
public final class NotificationFuzz {

    private static final int LARGEST_MESSAGE = 8192;

    private NotificationFuzz() {}

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) throws CharacterCodingException {
        boolean withSurrogates = data.consumeBoolean();
        String text = withSurrogates
                ? data.consumeRemainingAsString()
                : new String(data.consumeRemainingAsBytes(), StandardCharsets.UTF_16BE);
        check(Notification.status(text), "STATUS");
        check(Notification.unhealthy(text), "STATUS", "WATCHDOG");
        check(Notification.failed(text, OptionalInt.of(5), 7), "STATUS", "ERRNO", "EXIT_STATUS");
        String line = Notification.oneLine(text);
        if (!Notification.oneLine(line).equals(line)) {
            throw new AssertionError("not one line yet: " + line);
        }
    }

    /** As systemd's manager reads it: UTF-8 without NUL, assignments between newlines. */
    private static void check(Notification notification, String... names) throws CharacterCodingException {
        byte[] sent = notification.bytes();
        String heard = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(sent))
                .toString();
        List<String> lines = List.of(heard.split("\n", -1));
        boolean asMeant = lines.size() == names.length && sent.length <= LARGEST_MESSAGE && !heard.contains("\0");
        for (int i = 0; asMeant && i < names.length; i++) {
            asMeant = lines.get(i).startsWith(names[i] + "=");
        }
        if (!asMeant) {
            throw new AssertionError("heard as " + lines);
        }
    }
}
