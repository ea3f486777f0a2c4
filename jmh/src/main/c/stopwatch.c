/*
 * Starts programs as a shell does, and says how long they take. Times are nanoseconds of CLOCK_MONOTONIC.
 *
 *   stopwatch run EXITCODE PROGRAM [ARGUMENT]...   each line on stdin says how many times, one after the other; when that is done,
 *                                                  a line on stdout has for each the time until it has ended, its CPU time, and
 *                                                  the moment when it had ended
 *   stopwatch pausing MICROSECONDS run ...         the same with a pause after each
 *   stopwatch serve PORT PROGRAM [ARGUMENT]...     starts a server, and asks it until it answers "hello from pid PID"; the
 *                                                  answer is the time until then, the time until the program has ended, if it is not
 *                                                  the server itself, else 0, and PID. End of file ends it, if it is the server.
 *   stopwatch watch                                each line on stdin is a pid; a line when it is watched, and one with the moment
 *                                                  when it has ended
 *   stopwatch kill                                 each line on stdin is a pid; a line with the moment before it is sent SIGKILL
 *   stopwatch fork PROGRAM [ARGUMENT]...           each line on stdin runs it once; the answer is the time until it, or one of its threads,
 *                                                  made the first process, and the CPU time until then
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const long long PATIENCE = 60000000000LL;

static void fail(const char *operation, int error)
{
    fprintf(stderr, "stopwatch: %s: %s\n", operation, strerror(error));
    exit(1);
}

static int checked(int result, const char *operation)
{
    if (result < 0)
        fail(operation, errno);
    return result;
}

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long long nanoseconds(struct timeval time)
{
    return time.tv_sec * 1000000000LL + time.tv_usec * 1000LL;
}

static void flush_line(void)
{
    printf("\n");
    fflush(stdout);
}

/* With /dev/null for standard streams, and nothing else. */
static pid_t start(char **command)
{
    pid_t pid;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    int error = posix_spawnp(&pid, command[0], &actions, NULL, command, environ);
    if (error != 0)
        fail(command[0], error);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static void expect(int status, int exit_code, const char *program)
{
    if (!WIFEXITED(status) || WEXITSTATUS(status) != exit_code) {
        fprintf(stderr, "stopwatch: %s: wait status %#x instead of exit code %d\n", program, status, exit_code);
        _exit(1); /* without the numbers that are not written yet */
    }
}

static void serve_run(int exit_code, char **command, int pause_in_microseconds)
{
    int times;
    while (scanf("%d", &times) == 1) {
        while (times-- > 0) {
            struct rusage usage;
            int status;
            long long began = now();
            pid_t pid = start(command);
            checked(wait4(pid, &status, 0, &usage), "wait4");
            long long ended = now();
            printf("%lld %lld %lld ", ended - began, nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime), ended);
            expect(status, exit_code, command[0]);
            if (pause_in_microseconds > 0)
                usleep(pause_in_microseconds);
        }
        flush_line();
    }
}

struct ending {
    pid_t pid;
    int status;
    long long moment;
};

static void *await_end(void *argument)
{
    struct ending *ending = argument;
    siginfo_t info;
    /* It is left to be reaped, so that its pid stays its own. */
    checked(waitid(P_PID, ending->pid, &info, WEXITED | WNOWAIT), "waitid");
    ending->moment = now();
    return NULL;
}

/* The pid in the answer; 0 if nobody answers yet. */
static int ask(int port)
{
    static const char request[] = "GET / HTTP/1.0\r\n\r\n";
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = PATIENCE / 1000000000};
    char answer[4096];
    size_t size = 0;
    int pid = 0;
    int client = checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(client, (struct sockaddr *)&address, sizeof address) == 0
        && send(client, request, strlen(request), MSG_NOSIGNAL) > 0) {
        ssize_t received;
        while (size < sizeof answer - 1 && (received = recv(client, answer + size, sizeof answer - 1 - size, 0)) > 0) {
            char *greeting;
            answer[size += received] = 0;
            if ((greeting = strstr(answer, "hello from pid ")) != NULL && strchr(greeting, '\n') != NULL) {
                pid = atoi(greeting + strlen("hello from pid "));
                break;
            }
        }
    }
    close(client);
    return pid;
}

static void serve(int port, char **command)
{
    pthread_t waiter;
    struct ending ending = {0};
    int server;
    long long answered, began = now();
    ending.pid = start(command);
    pthread_create(&waiter, NULL, await_end, &ending);
    while ((server = ask(port)) == 0) {
        if (now() - began > PATIENCE) {
            kill(ending.pid, SIGKILL);
            fail("answer", ETIMEDOUT);
        }
        usleep(200);
    }
    answered = now() - began;
    if (server != ending.pid) {
        pthread_join(waiter, NULL);
        checked(waitpid(ending.pid, &ending.status, 0), "waitpid");
        expect(ending.status, 0, command[0]);
    }
    printf("%lld %lld %d", answered, server == ending.pid ? 0 : ending.moment - began, server);
    flush_line();
    while (getchar() != EOF)
        ;
    if (server == ending.pid) {
        kill(ending.pid, SIGKILL);
        pthread_join(waiter, NULL);
    }
}

static void serve_watch(void)
{
    int pid;
    while (scanf("%d", &pid) == 1) {
        struct pollfd process = {.fd = checked(syscall(SYS_pidfd_open, pid, 0), "pidfd_open"), .events = POLLIN};
        printf("watching");
        flush_line();
        checked(poll(&process, 1, -1), "poll");
        printf("%lld", now());
        flush_line();
        close(process.fd);
    }
}

static void serve_kill(void)
{
    int pid;
    while (scanf("%d", &pid) == 1) {
        printf("%lld", now());
        checked(kill(pid, SIGKILL), "kill");
        flush_line();
    }
}

/* Traced, so that the kernel stops it when it makes a process; threads are made untold, but for the stop. */
static void run_to_fork(char **command)
{
    long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
    struct timespec cpu = {0};
    clockid_t clock;
    int status, go[2];
    char byte;
    long long began, forked = 0;
    pid_t pid, stopped;

    checked(pipe2(go, O_CLOEXEC), "pipe");
    pid = checked(fork(), "fork");
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
        if (read(go[0], &byte, 1) != 1)
            _exit(126);
        execvp(command[0], command);
        _exit(127);
    }
    checked(ptrace(PTRACE_SEIZE, pid, NULL, options), "PTRACE_SEIZE");
    clock_getcpuclockid(pid, &clock);
    began = now();
    checked(write(go[1], "", 1), "write");
    while ((stopped = waitpid(-1, &status, __WALL)) > 0) {
        int event = status >> 16;
        if (!WIFSTOPPED(status)) {
            if (stopped == pid)
                break;
            continue;
        }
        if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK) {
            if (forked == 0) {
                forked = now() - began;
                clock_gettime(clock, &cpu);
            }
        }
        /* What it makes as a process is let go at its first stop. */
        if (event == PTRACE_EVENT_STOP && stopped != pid) {
            char path[64];
            snprintf(path, sizeof path, "/proc/%d/task/%d", (int)pid, (int)stopped);
            if (access(path, F_OK) != 0) {
                ptrace(PTRACE_DETACH, stopped, NULL, NULL);
                continue;
            }
        }
        ptrace(PTRACE_CONT, stopped, NULL, event == 0 ? (long)WSTOPSIG(status) : 0L);
    }
    close(go[0]);
    close(go[1]);
    if (forked == 0)
        fail("no fork was seen", ECHILD);
    expect(status, 0, command[0]);
    printf("%lld %lld", forked, cpu.tv_sec * 1000000000LL + cpu.tv_nsec);
    flush_line();
}

static void serve_fork(char **command)
{
    int ignored;
    while (scanf("%d", &ignored) == 1)
        run_to_fork(command);
}

int main(int count, char **arguments)
{
    int pause_in_microseconds = 0;
    if (count >= 3 && strcmp(arguments[1], "pausing") == 0) {
        pause_in_microseconds = atoi(arguments[2]);
        count -= 2;
        arguments += 2;
    }
    if (count >= 4 && strcmp(arguments[1], "run") == 0)
        serve_run(atoi(arguments[2]), arguments + 3, pause_in_microseconds);
    else if (count >= 4 && strcmp(arguments[1], "serve") == 0)
        serve(atoi(arguments[2]), arguments + 3);
    else if (count == 2 && strcmp(arguments[1], "watch") == 0)
        serve_watch();
    else if (count == 2 && strcmp(arguments[1], "kill") == 0)
        serve_kill();
    else if (count >= 3 && strcmp(arguments[1], "fork") == 0)
        serve_fork(arguments + 2);
    else
        fail("[pausing MICROSECONDS] run | serve | watch | kill | fork", EINVAL);
    return 0;
}
