package org.daemonspec.internal.posix;

/** A system call that failed: operation, object and errno by name, such as {@code open /run/echo.pid: EACCES (…)}. */
public final class SystemCallException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String operation;
    private final int errno;

    SystemCallException(String operation, String object, int errno) {
        super(operation + (object.isEmpty() ? "" : " " + object) + ": " + new Errno(errno));
        this.operation = operation;
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

    /** What to do about it, as the end of a sentence that the message begins. */
    public String advice() {
        if (is(Errno.E2BIG)) {
            return "; shorten the command line or the environment, or move options to an @argfile.";
        }
        if (is(Errno.EAGAIN) || is(Errno.ENOMEM)) {
            return "; raise RLIMIT_NPROC or the memory limit of this user or container.";
        }
        if (isShortOfDescriptors()) {
            return "; raise RLIMIT_NOFILE (ulimit -n).";
        }
        if (isShortOfSpace()) {
            return "; make room on that disk.";
        }
        if (is(Errno.EROFS)) {
            return "; choose a file system that may be written.";
        }
        if (is(Errno.ENOEXEC)) {
            return "; it is no program: a script needs a first line such as #!/bin/sh.";
        }
        if (is(Errno.ENOENT)) {
            return executes()
                    ? "; see that it exists, and the interpreter of a script too."
                    : "; see that it exists, and each directory on the way to it.";
        }
        if (is(Errno.EACCES) || is(Errno.EPERM)) {
            if (asksForNothing()) {
                return "; see whether a seccomp filter or a security module refuses it, such as a container's.";
            }
            return "; see that it is what you meant, and that this user may use it.";
        }
        return "; see the man page of the call.";
    }

    /** The message, and what somebody may do who cannot reach a process: without a full stop, to be part of a sentence. */
    public String reason(String ifDenied) {
        String advice = is(Errno.EPERM) || is(Errno.EACCES) ? "; " + ifDenied : advice();
        return getMessage() + (advice.endsWith(".") ? advice.substring(0, advice.length() - 1) : advice);
    }

    private boolean executes() {
        return operation.equals("posix_spawn") || operation.equals("execve");
    }

    /** Whether every process may do so, as far as the kernel is concerned. */
    private boolean asksForNothing() {
        return operation.equals("clone") || operation.equals("setsid") || operation.equals("memfd_create");
    }

    /** Whether the process or the system has no descriptor left. */
    public boolean isShortOfDescriptors() {
        return is(Errno.EMFILE) || is(Errno.ENFILE);
    }

    /** Whether the file system, or this user's share of it, is full. */
    public boolean isShortOfSpace() {
        return (is(Errno.ENOSPC) && !operation.equals("clone")) || is(Errno.EDQUOT); // there it is one of processes
    }
}
