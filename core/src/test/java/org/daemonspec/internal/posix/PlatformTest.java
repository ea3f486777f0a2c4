package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.daemonspec.bindings.LibcAarch64;
import org.daemonspec.bindings.LibcX86_64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {

    @ParameterizedTest
    @ValueSource(strings = {"amd64", "x86_64", "AMD64"})
    void x86_64HasItsConstants(String processor) {
        assertThat(Platform.detect("Linux", processor, true))
                .isEqualTo(new Platform(
                        LibcX86_64.O_DIRECTORY(),
                        LibcX86_64.O_NOFOLLOW(),
                        LibcX86_64.UCONTEXT_T_SIZE(),
                        new Platform.SystemCalls(
                                LibcX86_64.SYS_setgroups(),
                                LibcX86_64.SYS_setresgid(),
                                LibcX86_64.SYS_setresuid(),
                                LibcX86_64.SYS_capset(),
                                LibcX86_64.SYS_ioprio_set(),
                                LibcX86_64.SYS_ioprio_get())));
    }

    @Test
    void aarch64HasItsConstants() {
        assertThat(Platform.detect("Linux", "aarch64", true))
                .isEqualTo(new Platform(
                        LibcAarch64.O_DIRECTORY(),
                        LibcAarch64.O_NOFOLLOW(),
                        LibcAarch64.UCONTEXT_T_SIZE(),
                        new Platform.SystemCalls(
                                LibcAarch64.SYS_setgroups(),
                                LibcAarch64.SYS_setresgid(),
                                LibcAarch64.SYS_setresuid(),
                                LibcAarch64.SYS_capset(),
                                LibcAarch64.SYS_ioprio_set(),
                                LibcAarch64.SYS_ioprio_get())));
    }

    @ParameterizedTest
    @CsvSource({"Linux, riscv64, true", "Linux, amd64, false", "Mac OS X, aarch64, false", "Mac OS X, x86_64, true"})
    void elsewhereTheMessageNamesWhatIsMissingAndWhatToDo(String system, String processor, boolean glibc) {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> Platform.detect(system, processor, glibc))
                .withMessageContaining(system)
                .withMessageContaining(processor)
                .withMessageContaining("foreground");
    }

    @Test
    void withoutGlibcTheMessageSaysSo() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> Platform.detect("Linux", "amd64", false))
                .withMessageContaining("this is Linux without glibc (musl has no makecontext) on amd64");
    }
}
