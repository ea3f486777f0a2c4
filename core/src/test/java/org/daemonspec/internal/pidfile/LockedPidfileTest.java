package org.daemonspec.internal.pidfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockedPidfileTest {

    private static final int ROUNDS = 300;

    @TempDir
    Path directory;

    private final AtomicBoolean over = new AtomicBoolean();
    private Path pidfile;

    @BeforeEach
    void name() {
        pidfile = directory.resolve("program.pid");
    }

    @Test
    void whatRemovesAStaleFileIsNeverTakenForADaemon() throws Exception {
        AtomicInteger looks = new AtomicInteger();

        inThreads(
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        Path draft = Files.writeString(directory.resolve("draft"), i + "\n");
                        Files.move(draft, pidfile, StandardCopyOption.REPLACE_EXISTING);
                        awaitAbsence();
                    }
                },
                this::removeIfFree,
                this::removeIfFree,
                () -> {
                    assertThat(state()).isNotInstanceOf(PidfileState.Locked.class);
                    looks.incrementAndGet();
                },
                () -> assertThat(state()).isNotInstanceOf(PidfileState.Locked.class));

        assertThat(looks.get()).isPositive();
        assertThat(pidfile).doesNotExist();
    }

    @Test
    void whatRemovesAStaleFileNeverRemovesItsSuccessors() throws Exception {
        AtomicInteger holders = new AtomicInteger();
        AtomicInteger removals = new AtomicInteger();
        Work starter = () -> {
            if (!Files.exists(pidfile)) {
                removals.incrementAndGet();
            }
            try (Posix posix = Posix.open();
                    LockedPidfile locked = LockedPidfile.tryLock(posix, pidfile).orElse(null)) {
                if (locked != null) {
                    assertThat(holders.incrementAndGet()).as("holders").isEqualTo(1);
                    for (int i = 0; i < 10; i++) {
                        assertThat(FileIdentity.ofPath(pidfile))
                                .as("the file behind the path is the locked one")
                                .isPresent()
                                .isEqualTo(FileIdentity.ofOwnDescriptor(
                                        locked.descriptor().number()));
                    }
                    holders.decrementAndGet();
                } // the file stays, as after SIGKILL
            }
        };

        inThreads(
                () -> {
                    for (int i = 0; i < 20 * ROUNDS; i++) {
                        starter.run();
                    }
                },
                starter,
                this::removeIfFree,
                this::removeIfFree,
                this::removeIfFree);

        assertThat(removals.get()).isPositive();
    }

    @Test
    void aLockedFileIsNotRemoved() throws Exception {
        try (Posix posix = Posix.open();
                LockedPidfile locked = LockedPidfile.tryLock(posix, pidfile).orElseThrow()) {
            locked.write(1);

            LockedPidfile.removeIfFree(posix, pidfile);

            assertThat(pidfile).hasContent("1");
            assertThat(LockedPidfile.tryLock(posix, pidfile)).isEmpty();
        }
    }

    @Test
    void twoDoNotRemoveAtOnce() throws Exception {
        Files.writeString(pidfile, "1\n");
        try (Posix posix = Posix.open();
                Descriptor other = posix.open(ByteString.of(pidfile), Posix.OpenFor.UPDATING, 0)) {
            assertThat(posix.tryLockByte(other, PidfileMark.REMOVING.offset())).isTrue();

            LockedPidfile.removeIfFree(posix, pidfile);

            assertThat(pidfile).hasContent("1");
        }
    }

    @Test
    void whoOnlyAsksForTheStatusIsNoHindranceToTheRemoval() throws Exception {
        Files.writeString(pidfile, "1\n");
        try (Posix posix = Posix.open();
                Descriptor other = PidfileClaim.open(posix, pidfile).orElseThrow()) {
            assertThat(posix.tryLockShared(other, ByteString.of(pidfile))).isTrue();

            LockedPidfile.removeIfFree(posix, pidfile);

            assertThat(pidfile).doesNotExist();
        }
    }

    @Test
    void removingWhatIsNotThereDoesNothing() {
        try (Posix posix = Posix.open()) {
            LockedPidfile.removeIfFree(posix, pidfile);
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFailedStartRemovesItsOwnFileAndNotTheOneThatReplacedIt() throws Exception {
        try (Posix posix = Posix.open()) {
            LockedPidfile first = LockedPidfile.tryLock(posix, pidfile).orElseThrow();
            Files.delete(pidfile);
            try (first;
                    LockedPidfile second = LockedPidfile.tryLock(posix, pidfile).orElseThrow()) {
                second.write(2);

                first.remove();
                assertThat(pidfile).hasContent("2");

                second.remove();
                assertThat(pidfile).doesNotExist();
            }
        }
    }

    @Test
    void theSpaceForThePidIsReservedAndNoPidCanBeReadUntilThereIsOne() throws Exception {
        Files.writeString(pidfile, "1\n");
        try (Posix posix = Posix.open();
                LockedPidfile locked = LockedPidfile.tryLock(posix, pidfile).orElseThrow()) {
            assertThat(Files.readString(pidfile)).isBlank().hasSize(8);
            assertThat(PidfileState.of(posix, pidfile)).isInstanceOfSatisfying(PidfileState.Locked.class, state -> {
                assertThat(state.pid()).isEmpty();
                assertThat(state.ready()).isFalse();
            });

            locked.write(4711);
            assertThat(Files.readString(pidfile)).isEqualTo("4711\n");
        }
    }

    private void removeIfFree() {
        try (Posix posix = Posix.open()) {
            LockedPidfile.removeIfFree(posix, pidfile);
        }
    }

    private PidfileState state() {
        try (Posix posix = Posix.open()) {
            return PidfileState.of(posix, pidfile);
        }
    }

    private void awaitAbsence() throws InterruptedException {
        while (Files.exists(pidfile) && !over.get()) {
            Thread.sleep(1);
        }
    }

    /** Something that a thread does over and over. */
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    /** Does the first work once, and meanwhile the others again and again; all end when one fails. */
    private void inThreads(Work first, Work... others) throws Exception {
        List<Callable<Void>> threads = new ArrayList<>();
        threads.add(() -> {
            try {
                first.run();
                return null;
            } finally {
                over.set(true);
            }
        });
        for (Work other : others) {
            threads.add(() -> {
                try {
                    while (!over.get()) {
                        other.run();
                    }
                    return null;
                } finally {
                    over.set(true);
                }
            });
        }
        try (ExecutorService executor = Executors.newFixedThreadPool(threads.size())) {
            for (Future<Void> result : executor.invokeAll(threads)) {
                result.get();
            }
        }
    }
}
