package org.daemonspec.faults;

import java.io.IOException;

/** A start or a stop, one of whose calls may fail. */
interface Scenario extends AutoCloseable {

    /** What it is, for the page. */
    String title();

    /**
     * Goes through it once. If a daemon was started it runs as it should, and is ended again; if not, there is none.
     *
     * @throws AssertionError if anything is not as it should be, whatever the outcome
     */
    Outcome run() throws Exception;

    /** A process of the scenario itself, which goes on; 0 if there is none. */
    long lasting();

    /** Whether it may have succeeded although there is still a pidfile, which nobody has locked. */
    default boolean mayLeaveStalePidfile() {
        return false;
    }

    @Override
    void close() throws IOException;
}
