package org.daemonspec.internal.launch;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.nio.charset.StandardCharsets;

/** Whatever a daemon says, its launcher shows nothing that means something to a terminal. */
public final class StatusFuzz {

    private StatusFuzz() {}

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        byte[] message = data.consumeRemainingAsBytes();
        if (Status.fromBytes(message) instanceof Status.Failed failed) {
            checkShown(failed.reason());
        }
        String text = new String(message, StandardCharsets.UTF_8);
        byte[] sent = new Status.Failed(text).toBytes();
        if (sent.length > 4096 || !(Status.fromBytes(sent) instanceof Status.Failed heard)) {
            throw new AssertionError(text + " is not heard");
        }
        checkShown(heard.reason());
        String plain = text.replaceAll("[^ -~]", "");
        if (!Status.fromBytes(new Status.Failed(plain).toBytes())
                .equals(new Status.Failed(plain.substring(0, Math.min(plain.length(), 1000))))) {
            throw new AssertionError(plain + " is heard otherwise");
        }
    }

    private static void checkShown(String reason) {
        reason.codePoints().forEach(c -> {
            boolean moves = Character.isISOControl(c) && c != '\t';
            if (moves || Character.getType(c) == Character.LINE_SEPARATOR || isDirection(c)) {
                throw new AssertionError(String.format("shows U+%04X", c));
            }
        });
    }

    /** What has text shown in another order than it has, see "Explicit Directional Embeddings" in UAX #9. */
    private static boolean isDirection(int c) {
        return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    }
}
