package org.daemonspec.internal.pidfile;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/** A pidfile's text is a pid that the kernel can have given, or nothing. */
public final class PidfileContentFuzz {

    private static final long LARGEST = 1 << 22;

    private PidfileContentFuzz() {}

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        long pid = data.consumeLong(1, LARGEST);
        String written = new String(PidfileContent.of(pid), StandardCharsets.US_ASCII);
        if (!PidfileContent.parse(written).equals(OptionalLong.of(pid))) {
            throw new AssertionError(pid + " is not read");
        }
        String text = new String(data.consumeRemainingAsBytes(), StandardCharsets.ISO_8859_1);
        OptionalLong read = PidfileContent.parse(text);
        if (read.isPresent()
                && (read.getAsLong() < 1
                        || read.getAsLong() > LARGEST
                        || !text.endsWith("\n")
                        || Long.parseLong(text.strip()) != read.getAsLong())) {
            throw new AssertionError("'" + text + "' is read as " + read);
        }
    }
}
