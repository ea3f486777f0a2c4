package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SystemCallExceptionTest {

    @Test
    void onlyWhatIsExecutedHasAnInterpreter() {
        assertThat(advice("posix_spawn", Errno.ENOENT)).contains("interpreter");
        assertThat(advice("execve", Errno.ENOENT)).contains("interpreter");
        assertThat(advice("open", Errno.ENOENT))
                .isEqualTo("; see that it exists, and each directory on the way to it.");
    }

    @Test
    void whatEverybodyMayDoIsRefusedByAFilter() {
        assertThat(advice("setsid", Errno.EPERM)).contains("seccomp");
        assertThat(advice("clone", Errno.EPERM)).contains("seccomp");
        assertThat(advice("open", Errno.EPERM)).contains("this user may use it");
    }

    private static String advice(String operation, Errno errno) {
        return new SystemCallException(operation, "it", errno.number()).advice();
    }
}
