/*
 * Runs a command where some system calls fail, as below a seccomp filter that is older than they are, see seccomp(2):
 *
 *   without ERRNO CALL,CALL... COMMAND [ARGUMENT]...
 *
 * ERRNO is ENOSYS, as on a kernel that does not have them and below newer filters, or EPERM, as older container runtimes answer.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

static const struct {
    const char *name;
    unsigned number;
} calls[] = {
    {"clone3", SYS_clone3},
    {"close_range", SYS_close_range},
    {"pidfd_open", SYS_pidfd_open},
    {"pidfd_send_signal", SYS_pidfd_send_signal},
};

#define CALLS (sizeof calls / sizeof *calls)

static unsigned number_of(const char *name) {
    for (size_t i = 0; i < CALLS; i++) {
        if (strcmp(calls[i].name, name) == 0) return calls[i].number;
    }
    fprintf(stderr, "without: no call named %s\n", name);
    exit(125);
}

int main(int count, char **arguments) {
    if (count < 4) return 125;
    unsigned error = strcmp(arguments[1], "EPERM") == 0 ? EPERM : ENOSYS;
    struct sock_filter filter[5 + 2 * CALLS] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    };
    unsigned short length = 4;
    for (char *name = strtok(arguments[2], ","); name && length < 4 + 2 * CALLS; name = strtok(NULL, ",")) {
        filter[length++] = (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number_of(name), 0, 1);
        filter[length++] = (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error);
    }
    filter[length++] = (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = length, .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        perror("without: prctl");
        return 125;
    }
    execvp(arguments[3], arguments + 3);
    perror(arguments[3]);
    return 127;
}
