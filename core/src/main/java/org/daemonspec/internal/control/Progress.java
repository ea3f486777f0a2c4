package org.daemonspec.internal.control;

import java.time.Duration;

/** Is told what an operation waits for, just before it does. */
@FunctionalInterface
public interface Progress {

    /** Tells nobody. */
    Progress NONE = new Progress() {
        @Override
        public void waitingFor(String what, Duration most) {
            // nobody waits at a terminal
        }
    };

    /** The operation now waits for this, and not longer than that. */
    void waitingFor(String what, Duration most);
}
