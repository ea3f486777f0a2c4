package org.daemonspec.internal.launch;

/** Who accompanies a start at the launcher's ends of the daemon's standard streams, on a thread of its own. */
@FunctionalInterface
public interface Attendant {

    /** Does it; a start whose attendant fails has failed. */
    void attend(Pipes pipes) throws Exception;
}
