package org.daemonspec.faults;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.daemonspec.internal.posix.Errno;

/**
 * The errors that the man page of each call lists (Linux man-pages 6), the likeliest first; and those with which an old kernel or a
 * container's seccomp filter answers a call that it does not know, ENOSYS and EPERM.
 */
final class ManPage {

    /** It says ENOENT instead. */
    private static final String NOT_TOLD_BY_JDK = "ENOTDIR";

    private static final int LAST_ERRNO = 133;

    private static final String FILE = "EACCES ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EFAULT";

    private static final Map<String, String> ERRORS = Map.ofEntries(
            Map.entry("access", FILE + " EBADF EINVAL EIO EPERM EROFS ETXTBSY"),
            Map.entry("capset", "EPERM EFAULT EINVAL ESRCH"),
            Map.entry("chmod", FILE + " EIO EPERM EROFS"),
            Map.entry("clone", "EAGAIN ENOMEM EACCES EBUSY EEXIST EINVAL ENOSPC EOPNOTSUPP EPERM EUSERS"),
            Map.entry("close", "EIO EBADF EINTR ENOSPC EDQUOT"),
            Map.entry("close_range", "ENOSYS EINVAL EMFILE ENOMEM EPERM"),
            Map.entry(
                    "connect",
                    "ECONNREFUSED EACCES EPERM EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF"
                            + " EFAULT EINPROGRESS EINTR EISCONN ENETUNREACH ENOTSOCK EPROTOTYPE ETIMEDOUT"),
            Map.entry("dup2", "EMFILE EBADF EBUSY EINTR EINVAL"),
            Map.entry("dup3", "EMFILE EBADF EBUSY EINTR EINVAL"),
            Map.entry(
                    "execve",
                    "EACCES E2BIG EAGAIN EFAULT EINVAL EIO EISDIR ELIBBAD ELOOP EMFILE ENAMETOOLONG ENFILE"
                            + " ENOENT ENOEXEC ENOMEM ENOTDIR EPERM ETXTBSY"),
            Map.entry("fchdir", "EACCES EBADF"),
            Map.entry("fchmod", "EPERM EBADF EIO EROFS"),
            Map.entry("fchown", "EPERM EBADF EIO ENOENT EROFS"),
            Map.entry("fchownat", "EPERM EBADF EINVAL EIO EROFS " + FILE),
            Map.entry("fcntl F_DUPFD_CLOEXEC", "EMFILE EBADF EINVAL"),
            Map.entry("fcntl F_GETFL", "EBADF"),
            Map.entry("fcntl F_GETLK", "EBADF EFAULT EINVAL"),
            Map.entry("fcntl F_OFD_GETLK", "EINVAL EBADF EFAULT"),
            Map.entry("fcntl F_OFD_SETLK", "EAGAIN EACCES EBADF EFAULT EINVAL ENOLCK"),
            Map.entry("fcntl F_SETFD", "EBADF"),
            Map.entry("fcntl F_SETFL", "EPERM EBADF"),
            Map.entry("fcntl F_SETLK", "EAGAIN EACCES EBADF EDEADLK EFAULT EINVAL ENOLCK"),
            Map.entry("flock", "ENOLCK EBADF EINTR EINVAL EWOULDBLOCK"),
            Map.entry("ftruncate", "EPERM EACCES EBADF EFBIG EINTR EINVAL EIO EROFS ETXTBSY"),
            Map.entry("getgrgid_r", "EIO EINTR EMFILE ENFILE ENOMEM ERANGE"),
            Map.entry("getgrnam_r", "EIO EINTR EMFILE ENFILE ENOMEM ERANGE"),
            Map.entry("getpwnam_r", "EIO EINTR EMFILE ENFILE ENOMEM ERANGE"),
            Map.entry("getpwuid_r", "EIO EINTR EMFILE ENFILE ENOMEM ERANGE"),
            Map.entry("getsid", "EPERM ESRCH"),
            Map.entry(
                    "inotify_add_watch", "ENOSPC EACCES EBADF EEXIST EFAULT EINVAL ENAMETOOLONG ENOENT ENOMEM ENOTDIR"),
            Map.entry("inotify_init1", "EMFILE EINVAL ENFILE ENOMEM"),
            Map.entry("ioprio_get", "ESRCH EINVAL EPERM"),
            Map.entry("ioprio_set", "EPERM EINVAL ESRCH"),
            Map.entry("isatty", "ENOTTY EBADF"),
            Map.entry("kill", "EPERM EINVAL ESRCH"),
            Map.entry("memfd_create", "EMFILE EFAULT EINVAL ENFILE ENOMEM EPERM ENOSYS"),
            Map.entry(
                    "mkdir",
                    "EACCES EBADF EDQUOT EEXIST EFAULT EINVAL ELOOP EMLINK ENAMETOOLONG ENOENT ENOMEM ENOSPC"
                            + " ENOTDIR EPERM EROFS"),
            Map.entry(
                    "open",
                    "EACCES EBADF EBUSY EDQUOT EEXIST EFAULT EFBIG EINTR EINVAL EISDIR ELOOP EMFILE ENAMETOOLONG"
                        + " ENFILE ENODEV ENOENT ENOMEM ENOSPC ENOTDIR ENXIO EOPNOTSUPP EOVERFLOW EPERM EROFS ETXTBSY"
                        + " EWOULDBLOCK"),
            Map.entry("opendir", "EACCES EBADF EMFILE ENFILE ENOENT ENOMEM ENOTDIR"),
            Map.entry("pidfd_open", "ENOSYS EINVAL EMFILE ENFILE ENODEV ENOMEM ESRCH EPERM"),
            Map.entry("pidfd_send_signal", "EPERM EBADF EINVAL ESRCH ENOSYS"),
            Map.entry("pipe2", "EMFILE EFAULT EINVAL ENFILE ENOPKG"),
            Map.entry("poll", "ENOMEM EFAULT EINTR EINVAL"),
            Map.entry(
                    "posix_spawn",
                    "ENOENT E2BIG EACCES EAGAIN EBADF EFAULT EINVAL EIO EISDIR ELIBBAD ELOOP EMFILE"
                            + " ENAMETOOLONG ENFILE ENOEXEC ENOMEM ENOSYS ENOTDIR EPERM ETXTBSY"),
            Map.entry("posix_spawn_file_actions_addclose", "ENOMEM EBADF EINVAL"),
            Map.entry("posix_spawn_file_actions_addclosefrom_np", "ENOMEM EBADF EINVAL"),
            Map.entry("posix_spawn_file_actions_adddup2", "ENOMEM EBADF EINVAL"),
            Map.entry("posix_spawn_file_actions_addfchdir_np", "ENOMEM EBADF EINVAL"),
            Map.entry("posix_spawn_file_actions_init", "ENOMEM"),
            Map.entry("posix_spawnattr_init", "ENOMEM"),
            Map.entry("posix_spawnattr_setflags", "EINVAL"),
            Map.entry("posix_spawnattr_setsigdefault", "EINVAL"),
            Map.entry("posix_spawnattr_setsigmask", "EINVAL"),
            Map.entry("prctl PR_CAPBSET_DROP", "EPERM EINVAL"),
            Map.entry("prctl PR_CAP_AMBIENT", "EINVAL EPERM"),
            Map.entry("prctl PR_CAP_AMBIENT_RAISE", "EPERM EINVAL"),
            Map.entry("prctl PR_GET_DUMPABLE", "EINVAL"),
            Map.entry("prctl PR_SET_DUMPABLE", "EINVAL"),
            Map.entry("prctl PR_SET_KEEPCAPS", "EPERM EINVAL"),
            Map.entry("prctl PR_SET_SECUREBITS", "EPERM EINVAL"),
            Map.entry("prctl PR_SET_NO_NEW_PRIVS", "EINVAL"),
            Map.entry("prctl PR_SET_PDEATHSIG", "EINVAL"),
            Map.entry("pread", "EIO EAGAIN EBADF EFAULT EINTR EINVAL EISDIR ENXIO EOVERFLOW ESPIPE"),
            Map.entry("prlimit", "EPERM EFAULT EINVAL ESRCH"),
            Map.entry("pthread_sigmask", "EINVAL EFAULT"),
            Map.entry(
                    "pwrite",
                    "ENOSPC EAGAIN EBADF EDESTADDRREQ EDQUOT EFAULT EFBIG EINTR EINVAL EIO ENXIO EOVERFLOW EPERM"
                            + " EPIPE ESPIPE"),
            Map.entry("read", "EIO EAGAIN EBADF EFAULT EINTR EINVAL EISDIR"),
            Map.entry("readlink", FILE + " EINVAL EIO"),
            Map.entry("rmdir", FILE + " EBUSY EINVAL ENOTEMPTY EPERM EROFS"),
            Map.entry("sched_setaffinity", "EPERM EFAULT EINVAL ESRCH"),
            Map.entry("sched_setscheduler", "EPERM EINVAL ESRCH"),
            Map.entry("setgroups", "EPERM EFAULT EINVAL ENOMEM"),
            Map.entry("setpriority", "EACCES EINVAL EPERM ESRCH"),
            Map.entry("setresgid", "EPERM EAGAIN EINVAL"),
            Map.entry("setresuid", "EPERM EAGAIN EINVAL"),
            Map.entry("setsid", "EPERM"),
            Map.entry("shutdown", "ENOTCONN EBADF EINVAL ENOTSOCK"),
            Map.entry("signal", "EINVAL"),
            Map.entry("socket", "EMFILE EACCES EAFNOSUPPORT EINVAL ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT"),
            Map.entry("socketpair", "EMFILE EAFNOSUPPORT EFAULT ENFILE EOPNOTSUPP EPROTONOSUPPORT"),
            Map.entry("stat", FILE + " EBADF EOVERFLOW"),
            Map.entry("statx", FILE + " EBADF EINVAL ENOSYS"),
            Map.entry("unlink", "EACCES EBUSY EFAULT EIO EISDIR ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS"),
            Map.entry("waitpid", "ECHILD EAGAIN EINTR EINVAL ESRCH"),
            Map.entry("write", "EIO EAGAIN EBADF EDESTADDRREQ EDQUOT EFAULT EFBIG EINTR EINVAL ENOSPC EPERM EPIPE"));

    /**
     * What is no error but an answer, and believed: there is no pidfile, the process has gone; this JVM was handed nothing, and so is
     * no daemon of ours; the launcher has gone.
     */
    private static final Set<String> ANSWERS = Set.of(
            "stop: launcher open 1 ENOENT",
            "stop: launcher pidfd_send_signal 1 ESRCH",
            TaskStart.TITLE + ": daemon JDK readlink 2 ENOENT",
            TaskStart.TITLE + ": daemon JDK readlink 2 EINVAL",
            TaskStart.TITLE + ": daemon JDK open 1 ENOENT",
            TaskStart.TITLE + ": daemon write 1 EPIPE");

    private static final Map<String, Integer> NUMBERS = numbers();

    private ManPage() {}

    /** What a call may fail with, by name; the likeliest first. */
    static List<String> errors(String scenario, Call call) {
        String errors = ERRORS.get(call.inManPage());
        if (errors == null) {
            throw new AssertionError("daemonspec makes a call that this test does not know yet: " + call);
        }
        return Stream.of(errors.split(" ", -1))
                .filter(error -> !isAnswer(scenario, call, error))
                .filter(error -> !call.isByJdk() || !error.equals(NOT_TOLD_BY_JDK))
                .toList();
    }

    private static boolean isAnswer(String scenario, Call call, String error) {
        return ANSWERS.contains(scenario + ": " + call.key() + " " + call.number() + " " + error);
    }

    static int number(String error) {
        return NUMBERS.get(nameOf(error));
    }

    /** As libc calls it. */
    static String nameOf(String error) {
        return error.equals("EWOULDBLOCK") ? "EAGAIN" : error;
    }

    private static Map<String, Integer> numbers() {
        Map<String, Integer> numbers = new TreeMap<>();
        for (int number = 1; number <= LAST_ERRNO; number++) {
            numbers.put(new Errno(number).name(), number);
        }
        return numbers;
    }
}
