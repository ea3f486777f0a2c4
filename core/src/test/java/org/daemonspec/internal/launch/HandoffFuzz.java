package org.daemonspec.internal.launch;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.io.IOException;

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
            if (!Handoff.fromBytes(handoff.toBytes()).equals(handoff)) {
                throw new AssertionError("not read as it was written: " + handoff);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
