package org.daemonspec;

/** A service as jsvc wants it: methods of these names. */
public final class PeerService {

    /** Whoever makes it a service calls this. */
    public PeerService() {}

    /** Before it is started. */
    public void init(String[] arguments) {
        // nothing to prepare
    }

    /** Its threads are jsvc's. */
    public void start() {
        // it runs until it is stopped
    }

    /** It has nothing to end. */
    public void stop() {
        // nothing was started
    }

    /** After its end. */
    public void destroy() {
        // nothing is left
    }
}
