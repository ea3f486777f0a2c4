package org.daemonspec.jmh;

/** Something to measure, beside its floor. Keeps what it needs until it is closed. */
interface Row extends AutoCloseable {

    /** Measures everything once, its floor in between. */
    void measure(Results results, Scale scale) throws Exception;

    @Override
    default void close() throws Exception {}
}
