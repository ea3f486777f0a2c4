package org.daemonspec.internal.supervisor;

/** Whether a start leaves the process that it was asked of. */
public enum StartMode {

    /** Not if a supervisor looks after this process. */
    AUTO,

    /** A process of its own. */
    DETACH,

    /** This process. */
    FOREGROUND
}
