package org.daemonspec.internal.posix;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Every function of libc that daemonspec calls, by its own name; the audit test compares the prototype of each with the
 * generated bindings and with the machine's headers. A function that this libc is too old for has no address: ask
 * {@link #isAvailable()} first.
 */
enum LibcFunction {
    BIND,
    CHDIR,
    CHMOD,
    CHROOT,
    CLOCK_GETTIME,
    CLONE,
    CLOSE,
    CLOSE_RANGE,
    CONNECT,
    DUP2,
    DUP3,
    __ERRNO_LOCATION,
    EXECVE,
    _EXIT,
    FCHDIR,
    FCHMOD,
    FCHOWN,
    FCHOWNAT,
    FCNTL,
    FLOCK,
    FTRUNCATE,
    GETCONTEXT,
    GETEUID,
    GETGRGID_R,
    GETGRNAM_R,
    GETGROUPLIST,
    GETPWNAM_R,
    GETPWUID_R,
    GETSID,
    GETSOCKNAME,
    GETSOCKOPT,
    INOTIFY_ADD_WATCH,
    INOTIFY_INIT1,
    ISATTY,
    KILL,
    LISTEN,
    MAKECONTEXT,
    MEMCPY,
    MEMFD_CREATE,
    MKDIR,
    OPEN,
    PIPE2,
    POLL,
    POSIX_SPAWN,
    POSIX_SPAWNATTR_DESTROY,
    POSIX_SPAWNATTR_INIT,
    POSIX_SPAWNATTR_SETFLAGS,
    POSIX_SPAWNATTR_SETSIGDEFAULT,
    POSIX_SPAWNATTR_SETSIGMASK,
    POSIX_SPAWN_FILE_ACTIONS_ADDCLOSE,
    POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP,
    POSIX_SPAWN_FILE_ACTIONS_ADDDUP2,
    POSIX_SPAWN_FILE_ACTIONS_ADDFCHDIR_NP,
    POSIX_SPAWN_FILE_ACTIONS_DESTROY,
    POSIX_SPAWN_FILE_ACTIONS_INIT,
    PRCTL,
    PREAD,
    PRLIMIT,
    PTHREAD_SIGMASK,
    PWRITE,
    READ,
    SCHED_SETAFFINITY,
    SCHED_SETSCHEDULER,
    SENDMSG,
    SETCONTEXT,
    SETPRIORITY,
    SETSID,
    SETSOCKOPT,
    SHUTDOWN,
    SIGDELSET,
    SIGEMPTYSET,
    SIGFILLSET,
    SIGNAL,
    SOCKET,
    SOCKETPAIR,
    STATX,
    STRERRORDESC_NP,
    STRERRORNAME_NP,
    STRERROR_R,
    SYSCALL,
    UMASK,
    WAITPID,
    WRITE;

    /** Looked up when it is needed: a start needs half of them. Threads that look at the same time find the same. */
    @SuppressWarnings("ImmutableEnumChecker") // to everybody else it is
    private @Nullable MemorySegment entry;

    /** The function's name in C. */
    String symbol() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this machine's libc has the function. */
    boolean isAvailable() {
        return find().address() != 0;
    }

    /** Where the function is in memory. */
    long address() {
        return entry().address();
    }

    /** The same, to be called. */
    MemorySegment entry() {
        MemorySegment found = find();
        if (found.address() == 0) {
            throw new UnsupportedOperationException("This machine's glibc has no " + symbol() + "; use a newer glibc.");
        }
        return found;
    }

    private MemorySegment find() {
        MemorySegment found = entry;
        if (found == null) {
            found = Linker.nativeLinker().defaultLookup().find(symbol()).orElse(MemorySegment.NULL);
            entry = found;
        }
        return found;
    }
}
