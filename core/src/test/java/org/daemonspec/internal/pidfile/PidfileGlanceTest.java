package org.daemonspec.internal.pidfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.internal.posix.Posix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidfileGlanceTest {

    private static final long SELF = ProcessHandle.current().pid();

    private Path pidfile;

    @BeforeEach
    void nameIt(@TempDir Path directory) throws Exception {
        pidfile = directory.toRealPath().resolve("glance.pid");
    }

    @Test
    void theHolderOfTheLockIsProven() throws Exception {
        try (Posix posix = Posix.open();
                LockedPidfile locked = LockedPidfile.tryLock(posix, pidfile).orElseThrow()) {
            locked.write(SELF);

            assertThat(PidfileGlance.holder(pidfile)).hasValue(SELF);
            assertThat(LockAttempt.provenHeld(pidfile)).contains(new LockAttempt.Held(OptionalLong.of(SELF)));
        }
    }

    @Test
    void nothingIsProvenWithoutTheLock() throws Exception {
        Files.writeString(pidfile, SELF + "\n");

        assertThat(PidfileGlance.holder(pidfile)).isEmpty();
        assertThat(LockAttempt.provenHeld(pidfile)).isEqualTo(Optional.empty());
    }

    @Test
    void nothingIsProvenOfAnotherProcessThanTheHolder() throws Exception {
        try (Posix posix = Posix.open();
                LockedPidfile locked = LockedPidfile.tryLock(posix, pidfile).orElseThrow()) {
            locked.write(1);

            assertThat(PidfileGlance.holder(pidfile)).isEmpty();
        }
    }

    @Test
    void aFileThatOthersMayWriteIsNotLookedAt() throws Exception {
        try (Posix posix = Posix.open();
                LockedPidfile locked = LockedPidfile.tryLock(posix, pidfile).orElseThrow()) {
            locked.write(SELF);
            Files.setPosixFilePermissions(pidfile, PosixFilePermissions.fromString("rw-rw-rw-"));

            assertThat(PidfileGlance.holder(pidfile)).isEmpty();
        }
    }

    @Test
    void aFileThatOthersMayReplaceIsNotLookedAt() throws Exception {
        try (Posix posix = Posix.open();
                LockedPidfile locked = LockedPidfile.tryLock(posix, pidfile).orElseThrow()) {
            locked.write(SELF);
            Files.setPosixFilePermissions(pidfile.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));

            assertThat(PidfileGlance.holder(pidfile)).isEmpty();
        }
    }

    @Test
    void aSymbolicLinkIsNotFollowed() throws Exception {
        Path link = pidfile.resolveSibling("link.pid");
        try (Posix posix = Posix.open();
                LockedPidfile locked = LockedPidfile.tryLock(posix, pidfile).orElseThrow()) {
            locked.write(SELF);
            Files.createSymbolicLink(link, pidfile);

            assertThat(PidfileGlance.holder(link)).isEmpty();
        }
    }

    @Test
    void aFifoIsNotOpened() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", pidfile.toString()).start().waitFor())
                .isZero();

        assertThat(PidfileGlance.holder(pidfile)).isEmpty();
    }

    @Test
    void aFileThatIsNotThereHasNoHolder() {
        assertThat(PidfileGlance.holder(pidfile)).isEmpty();
        assertThat(PidfileGlance.holder(pidfile.resolve("below"))).isEmpty();
    }
}
