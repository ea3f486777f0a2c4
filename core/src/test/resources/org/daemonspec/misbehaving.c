/* A daemon that takes every step of daemon(7), but for the one that its first argument names: misbehaving WHAT PIDFILE. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *what;
static volatile int is_nobody;

static int is(const char *name) {
    return strcmp(what, name) == 0;
}

static void check(int ok, const char *call) {
    if (!ok) {
        perror(call);
        _exit(1);
    }
}

/* The parent's side does not return. */
static void leave_parent(int wait) {
    pid_t parent = getpid();
    pid_t child = fork();
    check(child >= 0, "fork");
    if (child > 0) {
        if (wait) {
            waitpid(child, NULL, 0);
        }
        _exit(0);
    }
    while (!wait && getppid() == parent) {
        usleep(1000);
    }
}

static void stay(void) {
    for (;;) {
        pause();
    }
}

static void *rest(void *unused) {
    stay();
    return unused;
}

static void *nobody(void *unused) {
    check(syscall(SYS_setresuid, 65534, 65534, 65534) == 0, "setresuid");
    is_nobody = 1;
    stay();
    return unused;
}

static void standard_streams(const char *log) {
    int null = open("/dev/null", O_RDWR);
    check(null > 2, "open /dev/null");
    dup2(null, 0);
    dup2(null, 1);
    dup2(null, 2);
    close(null);
    if (is("log-flags") || is("forged-line")) {
        int file = open(log, O_WRONLY | O_CREAT, 0640);
        dup2(file, 1);
        close(file);
    } else if (is("stdout")) {
        int ends[2];
        check(pipe(ends) == 0, "pipe");
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
    }
}

/* At last, or the next file would take the place. */
static void close_standard_streams(void) {
    if (is("stdin")) {
        close(0);
    } else if (is("stderr")) {
        close(2);
    }
}

static void descriptors(void) {
    int ends[2];
    if (is("terminal-descriptors")) {
        int master = posix_openpt(O_RDWR | O_NOCTTY);
        check(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0, "posix_openpt");
        check(open(ptsname(master), O_RDWR | O_NOCTTY) >= 0, "open the terminal");
    } else if (is("pipes")) {
        check(pipe(ends) == 0, "pipe");
        close(ends[0]);
    } else if (is("files")) {
        check(dup(1) >= 0, "dup");
    }
}

static void signals(void) {
    sigset_t mask;
    sigemptyset(&mask);
    if (is("signal-mask") || is("signalfd")) {
        sigaddset(&mask, SIGUSR1);
    }
    if (is("signalfd")) {
        check(syscall(SYS_signalfd4, -1, &mask, 8, O_CLOEXEC) >= 0, "signalfd");
    }
    sigprocmask(SIG_SETMASK, &mask, NULL);
    for (int number = 1; number < 32; number++) {
        signal(number, SIG_DFL);
    }
    if (is("ignored-signals")) {
        signal(SIGHUP, SIG_IGN);
    }
}

static void pidfile(const char *path) {
    char text[32];
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    check(file >= 0, "open pidfile");
    fchmod(file, is("pidfile-mode") ? 0666 : 0644);
    if (is("pidfile-owner")) {
        check(fchown(file, 12345, 12345) == 0, "fchown");
    }
    if (is("pidfile-lock")) {
    } else if (is("posix-lock")) {
        struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        check(fcntl(file, F_SETLK, &all) == 0, "fcntl");
    } else {
        check(flock(file, LOCK_EX | LOCK_NB) == 0, "flock");
    }
    int length = snprintf(text, sizeof text, "%ld\n", is("pidfile-content") ? 1L : (long) getpid());
    check(write(file, text, length) == length, "write");
    if (is("pidfile-lock-holders") && fork() == 0) {
        stay();
    }
}

static void identity(void) {
    pthread_t thread;
    if (is("privileges")) {
        check(setresuid(65534, 65534, 0) == 0, "setresuid");
    } else if (is("thread-identities")) {
        check(pthread_create(&thread, NULL, nobody, NULL) == 0, "pthread_create");
        while (!is_nobody) {
            usleep(1000);
        }
    }
}

int main(int argc, char **argv) {
    char log[4096 + 32];
    check(argc == 3, "usage");
    what = argv[1];
    snprintf(log, sizeof log, is("forged-line") ? "%s.log\n  pass  forged\x1b[31m" : "%s.log", argv[2]);
    if (is("parent")) {
        check(setsid() > 0, "setsid");
    } else if (is("intermediates")) {
        if (fork() > 0) {
            stay();
        }
        setsid();
        leave_parent(0);
    } else {
        leave_parent(!is("session-leader"));
        if (!is("session")) {
            check(setsid() > 0, "setsid");
        }
        if (!is("session-leader")) {
            leave_parent(0);
        }
    }
    standard_streams(log);
    descriptors();
    signals();
    umask(is("umask") ? 0777 : 022);
    if (is("working-directory")) {
        char gone[4096];
        snprintf(gone, sizeof gone, "%s.gone", argv[2]);
        check(mkdir(gone, 0700) == 0 && chdir(gone) == 0 && rmdir(gone) == 0, "mkdir");
    } else if (!is("where-it-was")) {
        check(chdir("/") == 0, "chdir");
    }
    if (is("zombies")) {
        siginfo_t ended;
        if (fork() == 0) {
            _exit(0);
        }
        check(waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT) == 0, "waitid");
    }
    pidfile(argv[2]);
    if (is("outside-root")) {
        char jail[4096];
        snprintf(jail, sizeof jail, "%s.jail", argv[2]);
        check(mkdir(jail, 0755) == 0 && chroot(jail) == 0, "chroot");
    }
    identity();
    close_standard_streams();
    prctl(PR_SET_NAME, "resting");
    if (is("first-thread")) {
        pthread_t thread;
        check(pthread_create(&thread, NULL, rest, NULL) == 0, "pthread_create");
        pthread_exit(NULL);
    }
    stay();
}
