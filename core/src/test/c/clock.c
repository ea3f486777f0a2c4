/*
 * A wall clock that jumps, for LD_PRELOAD: the first time that somebody asks for the time of day, and every second on average, it moves,
 * to hours or years before or after the true one. CLOCK_MONOTONIC stays what it is, as in clock_settime(2).
 *
 *   CLOCK_SEED  which jumps; each process has its own
 *   CLOCK_LOG   a file to which a process appends its pid when its clock first jumps
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define HOUR 3600L
#define YEAR (365 * 24 * HOUR)

static const long jumps[] = {HOUR, -HOUR, 10 * YEAR, -10 * YEAR, 300 * YEAR, -50 * YEAR};

static atomic_ulong state;
static atomic_long offset;
static atomic_int begun, said;

static void say(void) {
    const char *log = getenv("CLOCK_LOG");
    if (!log || atomic_exchange(&said, 1)) return;
    char line[32];
    int size = snprintf(line, sizeof line, "%ld\n", (long) syscall(SYS_getpid));
    int file = (int) syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) return;
    syscall(SYS_write, file, line, size);
    syscall(SYS_close, file);
}

/* A linear congruential generator, of which the upper bits are good enough. */
static unsigned next(void) {
    unsigned long before = atomic_load(&state), after;
    do {
        unsigned long from = before ? before : strtoul(getenv("CLOCK_SEED") ?: "1", NULL, 10) + syscall(SYS_getpid);
        after = from * 6364136223846793005UL + 1442695040888963407UL;
    } while (!atomic_compare_exchange_weak(&state, &before, after));
    return (unsigned) (after >> 33);
}

static long jumped(void) {
    if (!atomic_exchange(&begun, 1) || next() % 2 == 0) {
        atomic_store(&offset, jumps[next() % (sizeof jumps / sizeof *jumps)]);
        say();
    }
    return atomic_load(&offset);
}

/* Not the vdso's, which is faster, but this one needs no other library to be found first. */
int clock_gettime(clockid_t clock, struct timespec *result) {
    long failed = syscall(SYS_clock_gettime, clock, result);
    if (failed == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) result->tv_sec += jumped();
    return (int) failed;
}

int gettimeofday(struct timeval *restrict result, void *restrict zone) {
    long failed = syscall(SYS_gettimeofday, result, zone);
    if (failed == 0) result->tv_sec += jumped();
    return (int) failed;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
