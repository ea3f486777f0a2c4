package org.daemonspec.internal.pidfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.daemonspec.internal.pidfile.LockHolder.Verdict;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockHolderTest {

    private static final long OWN_PID = ProcessHandle.current().pid();
    private static final long NO_PID = 4_194_304;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() throws Exception {
        file = Files.createFile(directory.resolve("file"));
    }

    @Test
    void whoHasTheExclusiveLockHoldsIt() {
        try (Posix posix = Posix.open();
                Descriptor open = open(posix, file)) {
            assertThat(posix.tryLock(open, ByteString.of(file))).isTrue();

            assertThat(LockHolder.judge(posix, OWN_PID, file)).isEqualTo(Verdict.HOLDS);
        }
    }

    @Test
    void whoHasItOpenAndNoLockDoesNot() {
        try (Posix posix = Posix.open();
                Descriptor open = open(posix, file)) {
            assertThat(open.number()).isPositive();
            assertThat(LockHolder.judge(posix, OWN_PID, file)).isEqualTo(Verdict.DOES_NOT_HOLD);
        }
    }

    @Test
    void whoHasTheSharedLockDoesNot() {
        try (Posix posix = Posix.open();
                Descriptor open = open(posix, file)) {
            assertThat(posix.tryLockShared(open, ByteString.of(file))).isTrue();

            assertThat(LockHolder.judge(posix, OWN_PID, file)).isEqualTo(Verdict.DOES_NOT_HOLD);
        }
    }

    @Test
    void whoHasALockOnASingleByteDoesNot() {
        try (Posix posix = Posix.open();
                Descriptor open = open(posix, file)) {
            assertThat(posix.tryLockByte(open, PidfileMark.STARTING.offset())).isTrue();

            assertThat(LockHolder.judge(posix, OWN_PID, file)).isEqualTo(Verdict.DOES_NOT_HOLD);
        }
    }

    @Test
    void whoHasALockOnTheFileThatWasThereBeforeDoesNot() throws Exception {
        try (Posix posix = Posix.open();
                Descriptor open = open(posix, file)) {
            assertThat(posix.tryLock(open, ByteString.of(file))).isTrue();
            Files.delete(file);
            Files.createFile(file);

            assertThat(LockHolder.judge(posix, OWN_PID, file)).isEqualTo(Verdict.DOES_NOT_HOLD);
        }
    }

    @Test
    void whoIsNotThereDoesNot() {
        try (Posix posix = Posix.open()) {
            assertThat(LockHolder.judge(posix, NO_PID, file)).isEqualTo(Verdict.DOES_NOT_HOLD);
            assertThat(LockHolder.judge(posix, OWN_PID, directory.resolve("nothing")))
                    .isEqualTo(Verdict.DOES_NOT_HOLD);
        }
    }

    @Test
    void aThreadDoesNotWhateverItIsCalled() throws Exception {
        try (Posix posix = Posix.open();
                Descriptor open = open(posix, file)) {
            assertThat(posix.tryLock(open, ByteString.of(file))).isTrue();
            CountDownLatch end = new CountDownLatch(1);
            CompletableFuture<Path> task = new CompletableFuture<>();
            Thread thread = Thread.ofPlatform().start(() -> {
                try {
                    task.complete(Path.of("/proc/thread-self").toRealPath());
                    end.await();
                } catch (IOException | InterruptedException e) {
                    task.completeExceptionally(e);
                }
            });
            try {
                long number = Long.parseLong(task.get().getFileName().toString());
                assertThat(LockHolder.judge(posix, number, file)).isEqualTo(Verdict.DOES_NOT_HOLD);

                Files.writeString(task.get().resolve("comm"), "\rTgid:\t" + number);

                assertThat(LockHolder.judge(posix, number, file)).isEqualTo(Verdict.DOES_NOT_HOLD);
                assertThat(LockHolder.isProven(number, file)).isFalse();
            } finally {
                end.countDown();
                thread.join();
            }
        }
    }

    private static Descriptor open(Posix posix, Path path) {
        return posix.open(ByteString.of(path), Posix.OpenFor.UPDATING, 0);
    }
}
