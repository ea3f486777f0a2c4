package org.daemonspec.internal.supervisor;

import java.util.Optional;

/**
 * Whether what is started stays in the process that was asked to start it.
 *
 * @param isForeground whether it does
 * @param reason why, a phrase
 * @param explanation what to say of it to whoever reads stderr; empty if it is what they asked for, or nobody reads it
 */
public record StartPlace(boolean isForeground, String reason, Optional<String> explanation) {

    /** Where a start in this process would happen. */
    public static StartPlace of(StartMode mode) {
        return switch (mode) {
            case DETACH -> new StartPlace(false, "mode is DETACH", Optional.empty());
            case FOREGROUND -> new StartPlace(true, "mode is FOREGROUND", Optional.empty());
            case AUTO -> of(Supervision.ofThisProcess());
        };
    }

    private static StartPlace of(Supervision supervision) {
        if (supervision.supervisor().isEmpty()) {
            return new StartPlace(false, supervision.reason(), Optional.empty());
        }
        String supervisor = supervision.supervisor().get();
        return new StartPlace(
                true,
                supervisor + " looks after this process: " + supervision.reason(),
                supervision.hasClientAtStderr()
                        ? Optional.empty()
                        : Optional.of("stays in the foreground, where " + supervisor + " looks after it ("
                                + supervision.reason() + ")."));
    }
}
