/*
 * Faults on purpose, for LD_PRELOAD: one call fails once with one errno, instead of being made.
 *
 * daemonspec finds every function of libc that it calls by dlsym(3) in the JDK's own library for look-ups; a JVM finds its own by
 * the dynamic linker. So a dlsym that hands out wrappers has exactly daemonspec's calls, those of the native call chain too, and none
 * of the JVM's. What it does through the JDK's files is told apart by its path.
 *
 *   FAULTS_CONTROL  a file of one struct control, which a test fills in; without it nothing is done
 *   FAULTS_LOG      a file to which a line is appended for each call: process, call, number, object
 *   FAULTS_PATHS    what the JDK does to a path that begins like one of these, separated by colons, belongs to daemonspec
 *   FAULTS_HIDE     symbols that this libc shall not have, separated by colons
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DAEMON_OPTION "-Dorg.daemonspec.daemon="
#define MOST_KEYS 512
#define KEY_SIZE 56

struct counter {
    char key[KEY_SIZE]; /* process and call */
    atomic_int seen;
    atomic_int state; /* 0 free, 1 being made, 2 there */
};

struct control {
    atomic_int armed; /* 1 until the fault has happened, then 2 */
    int error;
    int number; /* which of these calls, from 1 on */
    int unused;
    char key[KEY_SIZE];
    struct counter counters[MOST_KEYS];
};

_Static_assert(sizeof(atomic_int) == 4, "Java writes it as an int");

static struct control *control;
static const char *process = "launcher";
static long home;

static int is_java(void) {
    char path[256];
    long size = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", path, sizeof path - 1);
    if (size <= 0) return 0;
    path[size] = 0;
    char *name = strrchr(path, '/');
    return name && strcmp(name, "/java") == 0;
}

/* The daemon's JVM has its mark on its command line. */
static int is_daemon(void) {
    static char arguments[256 * 1024];
    int file = (int) syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    long size = 0, more;
    while ((more = syscall(SYS_read, file, arguments + size, sizeof arguments - 1 - size)) > 0) size += more;
    syscall(SYS_close, file);
    return memmem(arguments, size, DAEMON_OPTION, strlen(DAEMON_OPTION)) != NULL;
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULTS_CONTROL");
    if (!path || !is_java()) return;
    int file = (int) syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    if (mapped == MAP_FAILED) return;
    home = syscall(SYS_getpid);
    if (is_daemon()) process = "daemon";
    control = mapped;
}

static int next_number(const char *key) {
    for (int i = 0; i < MOST_KEYS; i++) {
        struct counter *counter = &control->counters[i];
        int expected = 0;
        if (atomic_compare_exchange_strong(&counter->state, &expected, 1)) {
            strncpy(counter->key, key, KEY_SIZE - 1);
            atomic_store(&counter->state, 2);
            return atomic_fetch_add(&counter->seen, 1) + 1;
        }
        while (atomic_load(&counter->state) != 2) { /* a moment */ }
        if (strcmp(counter->key, key) == 0) return atomic_fetch_add(&counter->seen, 1) + 1;
    }
    return 0;
}

static void note(const char *key, int number, const char *object, int error) {
    const char *log = getenv("FAULTS_LOG");
    if (!log) return;
    char line[512];
    int size = snprintf(line, sizeof line, "%s\t%d\t%.300s%s\n", key, number, object, error ? "\tFAULT" : "");
    int file = (int) syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) return;
    syscall(SYS_write, file, line, size);
    syscall(SYS_close, file);
}

/* The errno with which this call fails; 0 if it is to be made. */
static int fault(const char *call, const char *object) {
    if (!control) return 0;
    int saved = errno;
    char key[KEY_SIZE];
    const char *who = syscall(SYS_getpid) == home ? process : "intermediate";
    snprintf(key, sizeof key, "%s %s", who, call);
    int number = next_number(key);
    int error = 0;
    if (number == control->number && strcmp(key, control->key) == 0) {
        int expected = 1;
        if (atomic_compare_exchange_strong(&control->armed, &expected, 2)) error = control->error;
    }
    note(key, number, object, error);
    errno = saved;
    return error;
}

/* What a descriptor leads to. */
static const char *file_of(long descriptor, char *buffer, size_t size) {
    char link[48];
    snprintf(link, sizeof link, "/proc/thread-self/fd/%d", (int) descriptor);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, buffer, size - 1);
    buffer[length > 0 ? length : 0] = 0;
    return buffer;
}

enum object { NONE, PATH, DESCRIPTOR, AT, NUMBER };

static int fault_of(const char *call, enum object object, long a, long b) {
    if (!control) return 0;
    int saved = errno;
    char buffer[256] = "";
    const char *text = buffer;
    if (object == PATH) text = (const char *) a;
    else if (object == DESCRIPTOR) file_of(a, buffer, sizeof buffer);
    else if (object == AT) text = *(const char *) b ? (const char *) b : file_of(a, buffer, sizeof buffer);
    else if (object == NUMBER) snprintf(buffer, sizeof buffer, "%ld", a);
    errno = saved;
    return fault(call, text);
}

typedef long (*function)(long, long, long, long, long, long, long, long, long);

#define WRAP(name, object, failure) \
    static function real_##name; \
    static long own_##name(long a, long b, long c, long d, long e, long f, long g, long h, long i) { \
        int error = fault_of(#name, object, a, b); \
        if (error) { failure } \
        return real_##name(a, b, c, d, e, f, g, h, i); \
    }
#define BY_ERRNO { errno = error; return -1; }
#define BY_RESULT { return error; }
/* A descriptor is closed even if close(2) fails. */
#define AFTER_ALL { real_close(a, b, c, d, e, f, g, h, i); errno = error; return -1; }
#define BY_BOTH { errno = error; return error; }

/* Call, the argument that tells which object it is about, how it says that it failed. */
#define FUNCTIONS(X) \
    X(bind, DESCRIPTOR, BY_ERRNO) X(chdir, PATH, BY_ERRNO) X(chmod, PATH, BY_ERRNO) X(chroot, PATH, BY_ERRNO) \
    X(clone, NONE, BY_ERRNO) X(close, DESCRIPTOR, AFTER_ALL) X(close_range, NONE, BY_ERRNO) X(connect, DESCRIPTOR, BY_ERRNO) \
    X(dup2, DESCRIPTOR, BY_ERRNO) X(dup3, DESCRIPTOR, BY_ERRNO) X(execve, PATH, BY_ERRNO) X(fchdir, DESCRIPTOR, BY_ERRNO) \
    X(fchmod, DESCRIPTOR, BY_ERRNO) X(fchown, DESCRIPTOR, BY_ERRNO) X(fchownat, AT, BY_ERRNO) X(flock, DESCRIPTOR, BY_ERRNO) \
    X(ftruncate, DESCRIPTOR, BY_ERRNO) X(getgrgid_r, NUMBER, BY_RESULT) X(getgrnam_r, PATH, BY_RESULT) \
    X(getpwnam_r, PATH, BY_RESULT) X(getpwuid_r, NUMBER, BY_RESULT) X(getsockname, DESCRIPTOR, BY_ERRNO) \
    X(getsockopt, DESCRIPTOR, BY_ERRNO) X(inotify_add_watch, DESCRIPTOR, BY_ERRNO) X(inotify_init1, NONE, BY_ERRNO) \
    X(isatty, DESCRIPTOR, BY_ERRNO) X(kill, NONE, BY_ERRNO) X(listen, DESCRIPTOR, BY_ERRNO) X(memfd_create, PATH, BY_ERRNO) \
    X(mkdir, PATH, BY_ERRNO) X(open, PATH, BY_ERRNO) X(pipe2, NONE, BY_ERRNO) X(poll, NONE, BY_ERRNO) \
    X(posix_spawn, NONE, BY_BOTH) X(posix_spawnattr_init, NONE, BY_RESULT) X(posix_spawnattr_setflags, NONE, BY_RESULT) \
    X(posix_spawnattr_setsigdefault, NONE, BY_RESULT) X(posix_spawnattr_setsigmask, NONE, BY_RESULT) \
    X(posix_spawn_file_actions_addclose, NONE, BY_RESULT) X(posix_spawn_file_actions_addclosefrom_np, NONE, BY_RESULT) \
    X(posix_spawn_file_actions_adddup2, NONE, BY_RESULT) X(posix_spawn_file_actions_addfchdir_np, NONE, BY_RESULT) \
    X(posix_spawn_file_actions_init, NONE, BY_RESULT) X(pread, DESCRIPTOR, BY_ERRNO) X(prlimit, NONE, BY_ERRNO) \
    X(pthread_sigmask, NONE, BY_RESULT) X(pwrite, DESCRIPTOR, BY_ERRNO) X(read, DESCRIPTOR, BY_ERRNO) \
    X(sched_setaffinity, NONE, BY_ERRNO) X(sched_setscheduler, NONE, BY_ERRNO) X(sendmsg, DESCRIPTOR, BY_ERRNO) \
    X(setpriority, NONE, BY_ERRNO) X(setsid, NONE, BY_ERRNO) X(getsid, NONE, BY_ERRNO) X(setsockopt, DESCRIPTOR, BY_ERRNO) \
    X(shutdown, DESCRIPTOR, BY_ERRNO) X(signal, NUMBER, BY_ERRNO) X(socket, NONE, BY_ERRNO) X(socketpair, NONE, BY_ERRNO) \
    X(statx, AT, BY_ERRNO) X(waitpid, NONE, BY_ERRNO) X(write, DESCRIPTOR, BY_ERRNO)

FUNCTIONS(WRAP)

/* Those of many operations, each of which is a call of its own. */

static const char *fcntl_name(long command) {
    switch (command) {
        case F_DUPFD_CLOEXEC: return "fcntl F_DUPFD_CLOEXEC";
        case F_GETFL: return "fcntl F_GETFL";
        case F_SETFL: return "fcntl F_SETFL";
        case F_SETFD: return "fcntl F_SETFD";
        case F_SETLK: return "fcntl F_SETLK";
        case F_GETLK: return "fcntl F_GETLK";
        case F_OFD_SETLK: return "fcntl F_OFD_SETLK";
        case F_OFD_GETLK: return "fcntl F_OFD_GETLK";
        default: return "fcntl";
    }
}

static const char *prctl_name(long operation, long first) {
    switch (operation) {
        case PR_SET_DUMPABLE: return "prctl PR_SET_DUMPABLE";
        case PR_GET_DUMPABLE: return "prctl PR_GET_DUMPABLE";
        case PR_SET_PDEATHSIG: return "prctl PR_SET_PDEATHSIG";
        case PR_CAPBSET_DROP: return "prctl PR_CAPBSET_DROP";
        case PR_SET_NO_NEW_PRIVS: return "prctl PR_SET_NO_NEW_PRIVS";
        case PR_CAP_AMBIENT: return first == PR_CAP_AMBIENT_RAISE ? "prctl PR_CAP_AMBIENT_RAISE" : "prctl PR_CAP_AMBIENT";
        case PR_SET_CHILD_SUBREAPER: return "prctl PR_SET_CHILD_SUBREAPER";
        case PR_SET_KEEPCAPS: return "prctl PR_SET_KEEPCAPS";
        case PR_SET_SECUREBITS: return "prctl PR_SET_SECUREBITS";
        default: return "prctl";
    }
}

static const char *syscall_name(long number) {
    switch (number) {
        case SYS_pidfd_open: return "pidfd_open";
        case SYS_pidfd_send_signal: return "pidfd_send_signal";
        case SYS_setgroups: return "setgroups";
        case SYS_setresuid: return "setresuid";
        case SYS_setresgid: return "setresgid";
        case SYS_capset: return "capset";
        case SYS_ioprio_set: return "ioprio_set";
        case SYS_ioprio_get: return "ioprio_get";
        default: return "syscall";
    }
}

#define WRAP_OPERATIONS(name, call, object) \
    static function real_##name; \
    static long own_##name(long a, long b, long c, long d, long e, long f, long g, long h, long i) { \
        int error = fault_of(call, object, a, b); \
        if (error) { errno = error; return -1; } \
        return real_##name(a, b, c, d, e, f, g, h, i); \
    }

WRAP_OPERATIONS(fcntl, fcntl_name(b), DESCRIPTOR)
WRAP_OPERATIONS(prctl, prctl_name(a, b), NONE)
WRAP_OPERATIONS(syscall, syscall_name(a), NONE)

static const struct {
    const char *name;
    function *real;
    function wrapper;
} wrappers[] = {
#define ENTRY(name, object, failure) {#name, &real_##name, own_##name},
    FUNCTIONS(ENTRY)
    ENTRY(fcntl, , ) ENTRY(prctl, , ) ENTRY(syscall, , )
};

static int is_hidden(const char *name) {
    const char *hidden = getenv("FAULTS_HIDE");
    size_t length = strlen(name);
    for (const char *at = hidden; at && *at; at = strchr(at, ':') ? strchr(at, ':') + 1 : NULL) {
        if (strncmp(at, name, length) == 0 && (at[length] == ':' || at[length] == 0)) return 1;
    }
    return 0;
}

#if defined(__x86_64__)
#define OLDEST "GLIBC_2.2.5"
#else
#define OLDEST "GLIBC_2.17"
#endif

void *dlsym(void *handle, const char *name) {
    static void *(*real)(void *, const char *);
    if (!real) real = (void *(*)(void *, const char *)) dlvsym(RTLD_NEXT, "dlsym", OLDEST);
    void *found = real(handle, name);
    if (!found || handle == RTLD_DEFAULT || handle == RTLD_NEXT) return found;
    if (is_hidden(name)) {
        note("libc has-not", 1, name, 0);
        return NULL;
    }
    if (!control) return found;
    for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++) {
        if (strcmp(wrappers[i].name, name) == 0) {
            *wrappers[i].real = (function) found;
            return (void *) wrappers[i].wrapper;
        }
    }
    return found;
}

/* What daemonspec does through the JDK. */

static int is_ours(const char *path) {
    if (!control) return 0;
    const char *paths = getenv("FAULTS_PATHS");
    for (const char *at = paths; at && *at; at = strchr(at, ':') ? strchr(at, ':') + 1 : NULL) {
        size_t length = strcspn(at, ":");
        if (strncmp(at, path, length) == 0) return 1;
    }
    return 0;
}

#define NEXT(name, ...) \
    typedef __typeof__(__VA_ARGS__) *next; \
    static next real; \
    if (!real) real = (next) dlsym_next(#name);

static void *dlsym_next(const char *name) {
    static void *(*real)(void *, const char *);
    if (!real) real = (void *(*)(void *, const char *)) dlvsym(RTLD_NEXT, "dlsym", OLDEST);
    return real(RTLD_NEXT, name);
}

#define JDK_PATH(name, call, parameters, path, arguments) \
    int name parameters { \
        NEXT(name, int parameters) \
        int error = is_ours(path) ? fault("JDK " call, path) : 0; \
        if (error) { errno = error; return -1; } \
        return real arguments; \
    }

JDK_PATH(unlink, "unlink", (const char *path), path, (path))
JDK_PATH(rmdir, "rmdir", (const char *path), path, (path))
JDK_PATH(mkdir, "mkdir", (const char *path, mode_t mode), path, (path, mode))
JDK_PATH(access, "access", (const char *path, int mode), path, (path, mode))
JDK_PATH(remove, "unlink", (const char *path), path, (path))
JDK_PATH(stat64, "stat", (const char *path, struct stat64 *result), path, (path, result))
JDK_PATH(lstat64, "stat", (const char *path, struct stat64 *result), path, (path, result))
JDK_PATH(__xstat64, "stat", (int version, const char *path, struct stat64 *result), path, (version, path, result))
JDK_PATH(__lxstat64, "stat", (int version, const char *path, struct stat64 *result), path, (version, path, result))

struct statx;
int statx(int directory, const char *restrict path, int flags, unsigned mask, struct statx *restrict result) {
    NEXT(statx, int(int, const char *, int, unsigned, struct statx *))
    int error = is_ours(path) ? fault("JDK stat", path) : 0;
    if (error) { errno = error; return -1; }
    return real(directory, path, flags, mask, result);
}

ssize_t readlink(const char *restrict path, char *restrict buffer, size_t size) {
    NEXT(readlink, ssize_t(const char *, char *, size_t))
    int error = is_ours(path) ? fault("JDK readlink", path) : 0;
    if (error) { errno = error; return -1; }
    return real(path, buffer, size);
}

DIR *opendir(const char *path) {
    NEXT(opendir, DIR *(const char *))
    int error = is_ours(path) ? fault("JDK opendir", path) : 0;
    if (error) { errno = error; return NULL; }
    return real(path);
}

int open64(const char *path, int flags, ...) {
    NEXT(open64, int(const char *, int, ...))
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    int error = is_ours(path) ? fault("JDK open", path) : 0;
    if (error) { errno = error; return -1; }
    return real(path, flags, mode);
}
