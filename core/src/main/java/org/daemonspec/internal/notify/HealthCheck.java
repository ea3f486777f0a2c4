package org.daemonspec.internal.notify;

/** Looks whether the service is well. */
@FunctionalInterface
public interface HealthCheck {

    /** Throws if it is not. */
    void run() throws Exception;
}
