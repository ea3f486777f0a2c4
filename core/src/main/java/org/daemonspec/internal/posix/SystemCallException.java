package org.daemonspec.internal.posix;

/** A system call that failed: operation, object and errno by name, such as {@code open /run/echo.pid: EACCES (…)}. */
public final class SystemCallException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int errno;

    SystemCallException(String operation, String object, int errno) {
        super(operation + (object.isEmpty() ? "" : " " + object) + ": " + new Errno(errno));
        this.errno = errno;
    }

    /** The error number that the call left. */
    public Errno errno() {
        return new Errno(errno);
    }

    /** Whether the call failed with the given error. */
    public boolean is(Errno candidate) {
        return candidate.number() == errno;
    }
}
