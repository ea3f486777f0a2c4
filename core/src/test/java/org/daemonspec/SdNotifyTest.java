package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.daemonspec.internal.notify.NotifySocket;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.support.NotifyReceiver;
import org.daemonspec.support.NotifyReceiver.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol of sd_notify(3) as a program speaks it by itself, with a real socket at the other end. */
class SdNotifyTest {

    private static final String NAME = "@daemonspec-" + UUID.randomUUID();

    @Test
    void nobodyListensToATest() {
        assertThat(System.getenv("NOTIFY_SOCKET")).isNull();
        assertThat(SdNotify.ofThisProcess()).isEmpty();
    }

    @Test
    void assignmentsAreOneMessage(@TempDir Path directory) throws Exception {
        String longest = directory + "/" + "n".repeat(107 - directory.toString().length());
        assertThat(longest).hasSize(108);
        for (String address : List.of(NAME, directory.resolve("ö").toString(), longest)) {
            try (NotifyReceiver supervisor = NotifyReceiver.at(address)) {
                String name = new String(
                        address.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        java.nio.charset.StandardCharsets.ISO_8859_1);
                SdNotify notify = new SdNotify(NotifySocket.named(name));

                notify.send("X_ECHO=ä=1", "_y=");
                notify.mainPid(4711);
                notify.watchdogTrigger();
                notify.watchdogTimeout(Duration.ofMillis(1500));
                notify.removeDescriptors("state 1");

                supervisor.await("FDSTOREREMOVE=1\nFDNAME=state 1");
                assertThat(supervisor.texts())
                        .containsExactly(
                                "X_ECHO=ä=1\n_y=",
                                "MAINPID=4711",
                                "WATCHDOG=trigger",
                                "WATCHDOG_USEC=1500000",
                                "FDSTOREREMOVE=1\nFDNAME=state 1");
                assertThat(supervisor.messages()).allSatisfy(message -> {
                    assertThat(message.pid()).isEqualTo(ProcessHandle.current().pid());
                    assertThat(message.descriptors()).isEmpty();
                });
            }
        }
    }

    @Test
    void storedDescriptorsAreOpenAtTheOtherEnd(@TempDir Path directory) throws Exception {
        Path one = Files.writeString(directory.resolve("one"), "1");
        Path two = Files.writeString(directory.resolve("two"), "2");
        try (NotifyReceiver supervisor = NotifyReceiver.at(NAME);
                Posix posix = Posix.open()) {
            SdNotify notify = new SdNotify(NotifySocket.named(NAME));
            int first = posix.open(one.toString(), OpenFor.READING, 0).release();
            try (Descriptor firstFile = posix.inherited(first);
                    Descriptor secondFile = posix.open(two.toString(), OpenFor.READING, 0)) {
                notify.storeDescriptors("state", firstFile.number(), secondFile.number());
                notify.storeDescriptorsWithoutPolling("s", secondFile.number());
            }

            Message polled = supervisor.await("FDSTORE=1\nFDNAME=state");
            Message unpolled = supervisor.await("FDSTORE=1\nFDPOLL=0\nFDNAME=s");
            assertThat(polled.descriptors()).hasSize(2).doesNotHaveDuplicates();
            assertThat(read(posix, polled.descriptors().getFirst())).isEqualTo("1");
            assertThat(read(posix, polled.descriptors().getLast())).isEqualTo("2");
            assertThat(unpolled.descriptors()).hasSize(1);
            assertThat(read(posix, unpolled.descriptors().getFirst())).isEqualTo("2");
            polled.closeDescriptors();
            unpolled.closeDescriptors();
        }
    }

    @Test
    void asManyDescriptorsAsTheKernelPassesAreStoredAtOnce() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(NAME);
                Posix posix = Posix.open();
                Descriptor file = posix.memoryFile("state")) {
            SdNotify notify = new SdNotify(NotifySocket.named(NAME));
            int[] most = IntStream.generate(file::number).limit(253).toArray();

            notify.storeDescriptors("all", most);

            Message message = supervisor.await("FDSTORE=1\nFDNAME=all");
            assertThat(message.descriptors()).hasSize(253);
            message.closeDescriptors();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> notify.storeDescriptors("all", new int[254]))
                    .withMessage("254 descriptors: give 1 to 253 at once.");
        }
    }

    @Test
    void aBarrierWaitsUntilTheSupervisorClosesIt() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(NAME)) {
            SdNotify notify = new SdNotify(NotifySocket.named(NAME));
            assertThat(notify.barrier(Duration.ofMillis(100))).isFalse();
            Message open = supervisor.await("BARRIER=1");
            assertThat(open.descriptors()).hasSize(1);
            open.closeDescriptors();

            AtomicInteger closed = new AtomicInteger();
            Thread closer = Thread.ofPlatform().daemon().start(() -> {
                while (supervisor.messages().size() < 2) {
                    Thread.onSpinWait();
                }
                closed.incrementAndGet();
                supervisor.messages().getLast().closeDescriptors();
            });
            assertThat(notify.barrier(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
            assertThat(closed).hasValue(1);
            closer.join();
        }
    }

    @Test
    void aBarrierWhoseSupervisorDoesNotReadIsNotPassed() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.asleep(NAME)) {
            SdNotify notify = new SdNotify(NotifySocket.named(NAME));
            int tries = 40; // more than a queue takes, see net.unix.max_dgram_qlen
            for (int i = 0; i < tries; i++) {
                assertThat(notify.barrier(Duration.ofMillis(20))).isFalse();
            }
            supervisor.read();
            supervisor.await("BARRIER=1");
            notify.send("X=1");
            supervisor.await("X=1");
            assertThat(supervisor.messages()).hasSizeLessThan(tries);
            supervisor.messages().forEach(Message::closeDescriptors);
        }
    }

    @Test
    void aSupervisorThatIsGoneDoesNotHoldABarrier() throws Exception {
        SdNotify notify = new SdNotify(NotifySocket.named(NAME));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> notify.barrier(Duration.ofSeconds(1)))
                .withMessage("connect " + NAME + ": ECONNREFUSED (Connection refused); see that the supervisor that set"
                        + " NOTIFY_SOCKET listens there, and lets this user write to it.");
        try (NotifyReceiver supervisor = NotifyReceiver.asleep(NAME)) {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    Thread.sleep(100);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                supervisor.leave();
            });
            assertThat(notify.barrier(Duration.ofMinutes(2))).isTrue(); // the kernel has closed its end
        }
    }

    @Test
    void manyThreadsMayNotifyAtOnce() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(NAME)) {
            SdNotify notify = new SdNotify(NotifySocket.named(NAME));
            List<Thread> threads = IntStream.range(0, 40)
                    .mapToObj(i -> (i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform()).start(() -> {
                        try {
                            for (int j = 0; j < 10; j++) {
                                notify.send("X=" + i + "." + j);
                            }
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    }))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
            supervisor.await(text -> supervisor.texts().size() == 400);
            assertThat(supervisor.texts()).doesNotHaveDuplicates();
        }
    }

    @Test
    void whatIsNoMessageIsNotSent() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(NAME)) {
            SdNotify notify = new SdNotify(NotifySocket.named(NAME));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> notify.send("STATUS=a\nREADY=1", "9=1", "X", "=1", "Y=\0", "Z=1"))
                    .withMessage("'STATUS=a\\nREADY=1' is no assignment: give NAME=value without newline and NUL."
                            + " '9=1' is no assignment: give NAME=value without newline and NUL."
                            + " 'X' is no assignment: give NAME=value without newline and NUL."
                            + " '=1' is no assignment: give NAME=value without newline and NUL."
                            + " 'Y=\\0' is no assignment: give NAME=value without newline and NUL.");
            assertThatIllegalArgumentException()
                    .isThrownBy(notify::send)
                    .withMessage("There is nothing to send: give at least one assignment.");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> notify.send("X=" + "ä".repeat(2048)))
                    .withMessage("The message has 4098 bytes, which systemd would ignore: give at most 4096.");
            notify.send("X=" + "ä".repeat(2047));
            assertThatIllegalArgumentException().isThrownBy(() -> notify.mainPid(0));
            assertThatIllegalArgumentException().isThrownBy(() -> notify.watchdogTimeout(Duration.ofNanos(999)));
            assertThatIllegalArgumentException().isThrownBy(() -> notify.barrier(Duration.ofNanos(-1)));
            assertThatIllegalArgumentException().isThrownBy(() -> notify.storeDescriptors("name"));
            supervisor.await(text -> text.startsWith("X="));
            assertThat(supervisor.messages()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "a\nb", "ä", "\t"})
    void aDescriptorsNameIsWhatSystemdTakesForOne(String name) {
        SdNotify notify = new SdNotify(NotifySocket.named(NAME));

        assertThatIllegalArgumentException().isThrownBy(() -> notify.storeDescriptors(name, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> notify.storeDescriptorsWithoutPolling(name, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> notify.removeDescriptors(name));
        assertThatIllegalArgumentException().isThrownBy(() -> notify.removeDescriptors("x".repeat(256)));
    }

    @Test
    void aDescriptorThatIsNotOpenIsNamedByItsError() throws Exception {
        try (NotifyReceiver supervisor = NotifyReceiver.at(NAME)) {
            SdNotify notify = new SdNotify(NotifySocket.named(NAME));
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> notify.storeDescriptors("x", 100_000))
                    .withMessage("sendmsg " + NAME + ": EBADF (Bad file descriptor); pass descriptors that are open.");
            assertThat(supervisor.messages()).isEmpty();
        }
    }

    @Test
    void anAddressThatCannotBeIsSaidByEveryCall() {
        SdNotify notify = new SdNotify(NotifySocket.named("vsock:2:4711"));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> notify.send("READY=1"))
                .withMessageStartingWith("NOTIFY_SOCKET=vsock:2:4711: neither the absolute path of a UNIX socket nor ");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> notify.barrier(Duration.ZERO));
    }

    private static String read(Posix posix, int descriptor) {
        return new String(
                posix.readAtStart(posix.inherited(descriptor), 10), java.nio.charset.StandardCharsets.US_ASCII);
    }
}
