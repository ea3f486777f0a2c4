package org.daemonspec.internal.posix;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daemonspec.bindings.Libc;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallChainTest {

    private static final int NO_DESCRIPTOR = -1;

    private final Posix posix = Posix.open();

    @AfterEach
    void close() {
        posix.close();
    }

    @Test
    void callsRunInTheirOrderInOneChildThatEndsWithExitCode0() {
        List<Descriptor> pipe = posix.pipe();
        long letters = posix.string("abc");
        int out = pipe.getLast().number();

        CallChain.Outcome outcome = new CallChain(posix)
                .then(LibcFunction.WRITE, out, letters + 2, 1)
                .then(LibcFunction.WRITE, out, letters, 1)
                .then(LibcFunction.WRITE, out, letters + 1, 1)
                .run();

        assertThat(outcome.pid()).isNotEqualTo((int) ProcessHandle.current().pid());
        assertThat(posix.awaitChild(outcome.pid())).hasValue(0);
        assertThat(posix.read(pipe.getFirst(), 10))
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("cab");
        pipe.forEach(Descriptor::close);
    }

    @Test
    void whatTheCallsDoToTheirProcessDoesNotShowHere() throws Exception {
        ProcView self = new ProcView(ProcessHandle.current().pid());
        Descriptor root = posix.open("/", Posix.OpenFor.ENTERING, 0);
        Path directory = self.workingDirectory();
        String umask = self.status("Umask");
        long session = self.session();

        runAndReap(new CallChain(posix)
                .then(LibcFunction.SETSID)
                .then(LibcFunction.UMASK, 0123)
                .then(LibcFunction.FCHDIR, root.number())
                .then(LibcFunction.CLOSE, root.number()));

        assertThat(self.session()).isEqualTo(session);
        assertThat(self.status("Umask")).isEqualTo(umask);
        assertThat(self.workingDirectory()).isEqualTo(directory);
        assertThat(self.descriptors()).containsEntry(root.number(), "/");
        root.close();
    }

    @Test
    void whatTheCallsWriteToMemoryIsReadHere() {
        MemorySegment set = posix.allocate(Libc.SIGSET_T_SIZE(), Long.BYTES);

        runAndReap(new CallChain(posix)
                .then(LibcFunction.SIGDELSET, set.address(), 1)
                .then(LibcFunction.SIGFILLSET, set.address()));

        assertThat(set.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 0xff);
    }

    @Test
    void errnoOfACallSurvives() {
        assertThat(runAndReap(new CallChain(posix)
                                .then(LibcFunction.CLOSE, NO_DESCRIPTOR)
                                .then(LibcFunction.UMASK, 022))
                        .errno())
                .isEqualTo(Libc.EBADF());
    }

    @Test
    void callsAfterAFailedOneStillRun() {
        List<Descriptor> pipe = posix.pipe();

        runAndReap(new CallChain(posix)
                .then(LibcFunction.CLOSE, NO_DESCRIPTOR)
                .then(LibcFunction.WRITE, pipe.getLast().number(), posix.string("on"), 2));

        assertThat(posix.read(pipe.getFirst(), 10))
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("on");
        pipe.forEach(Descriptor::close);
    }

    /** In a thread whose mask no other test had a hand in. */
    @Test
    void theCallersSignalMaskIsAsBefore() throws Exception {
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            try (Posix own = Posix.open()) {
                String before = blockedSignals();
                own.awaitChild(
                        new CallChain(own).then(LibcFunction.SETSID).run().pid());
                return blockedSignals().equals(before);
            }
        });

        Thread.ofPlatform().start(task);

        assertThat(task.get()).isTrue();
    }

    @Test
    void inTheChildAllSignalsAreBlockedButThoseOfTheProcessor() throws Exception {
        List<Descriptor> pipe = posix.pipe();
        Set<ProcessHandle> before = ProcessHandle.current().children().collect(toSet());
        OnPlatformThread<OptionalInt> chain = OnPlatformThread.start("chain", () -> waitFor(pipe.getFirst()));
        Processes.await("the child", () -> children().anyMatch(child -> !before.contains(child)));
        ProcessHandle child =
                children().filter(c -> !before.contains(c)).findFirst().orElseThrow();

        long blocked = Long.parseUnsignedLong(new ProcView(child.pid()).status("SigBlk"), 16);
        posix.write(pipe.getLast(), new byte[1]);

        assertThat(IntStream.rangeClosed(1, 64).filter(signal -> (blocked >> (signal - 1) & 1) == 0))
                .containsExactlyInAnyOrder(
                        Libc.SIGSEGV(),
                        Libc.SIGBUS(),
                        Libc.SIGFPE(),
                        Libc.SIGILL(),
                        Libc.SIGTRAP(),
                        Libc.SIGKILL(),
                        Libc.SIGSTOP(),
                        32, // glibc's own
                        33);
        assertThat(chain.await()).hasValue(0);
        pipe.forEach(Descriptor::close);
    }

    private static OptionalInt waitFor(Descriptor input) {
        try (Posix own = Posix.open()) {
            long buffer = own.allocate(1, 1).address();
            CallChain chain = new CallChain(own).then(LibcFunction.READ, input.number(), buffer, 1);
            return own.awaitChild(chain.run().pid());
        }
    }

    private static Stream<ProcessHandle> children() {
        return ProcessHandle.current().children();
    }

    @Test
    void aVirtualThreadIsRefused() throws Exception {
        FutureTask<CallChain.Outcome> task = new FutureTask<>(() -> {
            try (Posix own = Posix.open()) {
                return new CallChain(own).then(LibcFunction.SETSID).run();
            }
        });

        Thread.ofVirtual().start(task);

        assertThatThrownBy(task::get)
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("platform thread");
    }

    private CallChain.Outcome runAndReap(CallChain chain) {
        CallChain.Outcome outcome = chain.run();
        assertThat(posix.awaitChild(outcome.pid())).hasValue(0);
        return outcome;
    }

    private static String blockedSignals() throws IOException {
        return Files.readString(Path.of("/proc/thread-self/status"))
                .lines()
                .filter(line -> line.startsWith("SigBlk:"))
                .findFirst()
                .orElseThrow();
    }
}
