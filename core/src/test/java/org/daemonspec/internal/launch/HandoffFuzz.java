package org.daemonspec.internal.launch;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.io.IOException;
import java.util.Arrays;

/** What somebody hands to a program in the place of a handoff is one, or none. */
public final class HandoffFuzz {

    private HandoffFuzz() {}

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        Handoff handoff;
        try {
            handoff = Handoff.fromBytes(data.consumeRemainingAsBytes());
        } catch (IOException none) {
            return;
        }
        try {
            // as bytes: slashes that mean nothing are not kept
            byte[] written = handoff.toBytes();
            if (!Arrays.equals(Handoff.fromBytes(written).toBytes(), written)) {
                throw new AssertionError("not read as it was written: " + handoff);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
