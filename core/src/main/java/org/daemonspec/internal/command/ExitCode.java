package org.daemonspec.internal.command;

/**
 * What an init script's commands leave with, from the <a
 * href="https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/iniscrptact.html">Linux Standard
 * Base</a>.
 */
public final class ExitCode {

    public static final int OK = 0;
    public static final int GENERIC_ERROR = 1;
    public static final int USAGE = 2;
    public static final int UNIMPLEMENTED = 3;
    public static final int NOT_ALLOWED = 4;
    public static final int NOT_CONFIGURED = 6;
    public static final int NOT_RUNNING = 7;

    static final int STATUS_DEAD_WITH_PIDFILE = 1;
    static final int STATUS_NOT_RUNNING = 3;
    static final int STATUS_UNKNOWN = 4;

    /** The first of those that the LSB leaves to the application: it runs, and an inspection found something wrong with it. */
    static final int STATUS_MISBEHAVING = 150;

    private ExitCode() {}
}
