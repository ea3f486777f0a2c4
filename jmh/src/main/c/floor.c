/*
 * The floor of the benchmarks: the same system calls, made by C.
 *
 *   floor spawn PROGRAM [ARGUMENT]...   starts the program as a daemon; the result is its pid
 *   floor pidfile FILE                  locks a pidfile, writes its pid and lets go; the result is the descriptor
 *   floor flock FILE                    opens, locks and closes a file; the result is the descriptor
 *   floor contend FILE THREADS          that in so many threads at once, each as often as it can
 *   floor among DESCRIPTORS ...         any of these, with so many descriptors open
 *   floor pausing MICROSECONDS ...      any of the first three, with a pause after each time
 *   floor takeover FILE                 waits for a process to end, and then locks its pidfile
 *
 * For the first three, each line on stdin says how many times; when that is done, a line on stdout has the last result and
 * how many nanoseconds each time took. For contend, a line says for how many milliseconds, and the answer is how often each thread
 * got the lock. For takeover, a line is a pid; the answer is a line when it is watched, and one with the time, by
 * CLOCK_MONOTONIC in nanoseconds, when the lock is ours. Until end of file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *operation, int error)
{
    fprintf(stderr, "floor: %s: %s\n", operation, strerror(error));
    exit(1);
}

/* A call that says by -1 that it failed. */
static int checked(int result, const char *operation)
{
    if (result < 0)
        fail(operation, errno);
    return result;
}

/* A call that returns its error number. */
static void succeed(int error, const char *operation)
{
    if (error != 0)
        fail(operation, error);
}

struct start {
    char **command;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t pid;
    int error;
};

/* In the intermediate process, which shares our memory; its stack is its own. */
static int detach(void *argument)
{
    struct start *start = argument;
    setsid();
    umask(022);
    start->error = posix_spawn(&start->pid, start->command[0], &start->actions, &start->attributes, start->command,
                               environ);
    _exit(0);
}

static void prepare(struct start *start, int directory, int in, int out)
{
    sigset_t signals;
    succeed(posix_spawn_file_actions_init(&start->actions), "posix_spawn_file_actions_init");
    succeed(posix_spawn_file_actions_addfchdir_np(&start->actions, directory), "addfchdir_np");
    succeed(posix_spawn_file_actions_adddup2(&start->actions, in, 0), "adddup2");
    succeed(posix_spawn_file_actions_adddup2(&start->actions, out, 1), "adddup2");
    succeed(posix_spawn_file_actions_adddup2(&start->actions, out, 2), "adddup2");
    succeed(posix_spawn_file_actions_addclosefrom_np(&start->actions, 3), "addclosefrom_np");
    succeed(posix_spawnattr_init(&start->attributes), "posix_spawnattr_init");
    sigemptyset(&signals);
    succeed(posix_spawnattr_setsigmask(&start->attributes, &signals), "posix_spawnattr_setsigmask");
    memset(&signals, 0xff, sizeof signals);
    succeed(posix_spawnattr_setsigdefault(&start->attributes, &signals), "posix_spawnattr_setsigdefault");
    succeed(posix_spawnattr_setflags(&start->attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF),
            "posix_spawnattr_setflags");
}

static int spawn_daemon(char **command)
{
    static char stack[64 * 1024] __attribute__((aligned(16)));
    struct start start = {.command = command};
    sigset_t all, before;
    pid_t intermediate;

    int directory = checked(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "open /");
    int in = checked(open("/dev/null", O_RDONLY | O_NOCTTY | O_CLOEXEC), "open /dev/null");
    int out = checked(open("/dev/null", O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC), "open /dev/null");
    prepare(&start, directory, in, out);

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    intermediate = clone(detach, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
    checked(intermediate, "clone");
    sigprocmask(SIG_SETMASK, &before, NULL);
    checked(waitpid(intermediate, NULL, 0), "waitpid");
    succeed(start.error, command[0]);

    posix_spawn_file_actions_destroy(&start.actions);
    posix_spawnattr_destroy(&start.attributes);
    close(out);
    close(in);
    close(directory);
    return start.pid;
}

static int open_and_lock(const char *path)
{
    int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
    int file = checked(open(path, flags, 0644), path);
    checked(flock(file, LOCK_EX | LOCK_NB), "flock");
    return file;
}

static int lock_file(char **path)
{
    int file = open_and_lock(path[0]);
    close(file);
    return file;
}

static void replace(int file, const char *content)
{
    size_t size = strlen(content);
    checked(pwrite(file, content, size, 0), "pwrite");
    checked(ftruncate(file, size), "ftruncate");
}

static int hold_pidfile(char **path)
{
    struct stat opened, behind_path;
    char pid[16];
    int file = open_and_lock(path[0]);

    checked(fstat(file, &opened), "fstat");
    checked(lstat(path[0], &behind_path), "lstat");
    if (!S_ISREG(opened.st_mode) || (opened.st_mode & 022) != 0 || opened.st_ino != behind_path.st_ino
        || opened.st_dev != behind_path.st_dev)
        fail(path[0], EINVAL);
    checked(fchmod(file, 0644), "fchmod");
    replace(file, "       \n");
    snprintf(pid, sizeof pid, "%d\n", (int)getpid());
    replace(file, pid);
    return file;
}

static int lock_pidfile(char **path)
{
    int file = hold_pidfile(path);
    close(file);
    return file;
}

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int pause_in_microseconds = 0;

static void serve(int (*operation)(char **), char **arguments)
{
    int times;
    while (scanf("%d", &times) == 1) {
        int result = 0;
        long long *took = calloc(times, sizeof *took);
        for (int i = 0; i < times; i++) {
            long long start = now();
            result = operation(arguments);
            took[i] = now() - start;
            if (pause_in_microseconds > 0)
                usleep(pause_in_microseconds);
        }
        printf("%d", result);
        for (int i = 0; i < times; i++)
            printf(" %lld", took[i]);
        printf("\n");
        fflush(stdout);
        free(took);
    }
}

struct contender {
    const char *path;
    pthread_barrier_t *start;
    atomic_bool *over;
    long acquired;
    pthread_t thread;
};

static void *contend(void *argument)
{
    struct contender *contender = argument;
    int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
    pthread_barrier_wait(contender->start);
    while (!atomic_load_explicit(contender->over, memory_order_relaxed)) {
        int file = checked(open(contender->path, flags, 0644), contender->path);
        if (flock(file, LOCK_EX | LOCK_NB) == 0)
            contender->acquired++;
        else if (errno != EWOULDBLOCK)
            fail("flock", errno);
        close(file);
    }
    return NULL;
}

static void serve_contention(const char *path, int threads)
{
    int milliseconds;
    while (scanf("%d", &milliseconds) == 1) {
        atomic_bool over = false;
        pthread_barrier_t start;
        struct contender *contenders = calloc(threads, sizeof *contenders);
        succeed(pthread_barrier_init(&start, NULL, threads + 1), "pthread_barrier_init");
        for (int i = 0; i < threads; i++) {
            contenders[i] = (struct contender){.path = path, .start = &start, .over = &over};
            succeed(pthread_create(&contenders[i].thread, NULL, contend, &contenders[i]), "pthread_create");
        }
        pthread_barrier_wait(&start);
        usleep(milliseconds * 1000);
        atomic_store(&over, true);
        for (int i = 0; i < threads; i++) {
            succeed(pthread_join(contenders[i].thread, NULL), "pthread_join");
            printf("%ld ", contenders[i].acquired);
        }
        printf("\n");
        fflush(stdout);
        pthread_barrier_destroy(&start);
        free(contenders);
    }
}

static void serve_takeover(char **path)
{
    int pid;
    while (scanf("%d", &pid) == 1) {
        struct pollfd process = {.fd = checked(syscall(SYS_pidfd_open, pid, 0), "pidfd_open"), .events = POLLIN};
        int file;
        long long locked;
        printf("watching\n");
        fflush(stdout);
        checked(poll(&process, 1, -1), "poll");
        file = hold_pidfile(path);
        locked = now();
        close(file);
        close(process.fd);
        printf("%lld\n", locked);
        fflush(stdout);
    }
}

static void open_descriptors(int count)
{
    struct rlimit limit;
    checked(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
    limit.rlim_cur = limit.rlim_max;
    checked(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
    for (int i = 0; i < count; i++)
        checked(open("/dev/null", O_RDONLY | O_CLOEXEC), "open /dev/null");
}

int main(int count, char **arguments)
{
    if (count > 3 && strcmp(arguments[1], "among") == 0) {
        open_descriptors(atoi(arguments[2]));
        count -= 2;
        arguments += 2;
    }
    if (count > 3 && strcmp(arguments[1], "pausing") == 0) {
        pause_in_microseconds = atoi(arguments[2]);
        count -= 2;
        arguments += 2;
    }
    if (count < 3)
        fail("spawn PROGRAM [ARGUMENT]... | pidfile FILE | flock FILE | contend FILE THREADS | takeover FILE", EINVAL);
    if (strcmp(arguments[1], "spawn") == 0)
        serve(spawn_daemon, arguments + 2);
    else if (strcmp(arguments[1], "pidfile") == 0)
        serve(lock_pidfile, arguments + 2);
    else if (strcmp(arguments[1], "flock") == 0)
        serve(lock_file, arguments + 2);
    else if (strcmp(arguments[1], "contend") == 0 && count == 4)
        serve_contention(arguments[2], atoi(arguments[3]));
    else if (strcmp(arguments[1], "takeover") == 0)
        serve_takeover(arguments + 2);
    else
        fail(arguments[1], EINVAL);
    return 0;
}
