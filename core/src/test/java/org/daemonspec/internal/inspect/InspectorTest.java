package org.daemonspec.internal.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class InspectorTest {

    @Test
    void whyNothingIsSeenIsAnErrorByName() {
        assertThat(Inspector.cause(new NoSuchFileException("/run/echo.pid")))
                .isEqualTo("read /run/echo.pid: ENOENT (No such file or directory)");
        assertThat(Inspector.cause(new FileSystemException("/proc/1/cwd", null, "No such process")))
                .isEqualTo("read /proc/1/cwd: ESRCH (No such process)");
        assertThat(Inspector.cause(new AccessDeniedException("/proc/1/fd")))
                .isEqualTo("read /proc/1/fd: EACCES (this user may not); do it as root or as the daemon's user");
        assertThat(Inspector.cause(new IOException("No such process")))
                .isEqualTo("read /proc: ESRCH (No such process)");
    }
}
