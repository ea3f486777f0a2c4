package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daemonspec.bindings.Libc;
import org.daemonspec.support.ProcView;
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
        assertThat(posix.read(pipe.getFirst(), 10)).asString(StandardCharsets.US_ASCII).isEqualTo("cab");
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

        runAndReap(new CallChain(posix).then(LibcFunction.SIGDELSET, set.address(), 1).then(LibcFunction.SIGFILLSET, set.address()));

        assertThat(set.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 0xff);
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
    void errnoIs0IfNoCallSetsItWhateverItWasBefore() {
        assertThat(posix.intCall(LibcFunction.CLOSE, NO_DESCRIPTOR)).isEqualTo(-Libc.EBADF());

        assertThat(runAndReap(new CallChain(posix).then(LibcFunction.SETSID)).errno())
                .isZero();
    }

    @Test
    void callsAfterAFailedOneStillRun() {
        List<Descriptor> pipe = posix.pipe();

        runAndReap(new CallChain(posix)
                .then(LibcFunction.CLOSE, NO_DESCRIPTOR)
                .then(LibcFunction.WRITE, pipe.getLast().number(), posix.string("on"), 2));

        assertThat(posix.read(pipe.getFirst(), 10)).asString(StandardCharsets.US_ASCII).isEqualTo("on");
        pipe.forEach(Descriptor::close);
    }

    @Test
    void aCallTakesSixArguments() {
        List<Descriptor> pipe = posix.pipe();
        int out = pipe.getLast().number();

        // syscall(SYS_…) moves each argument on by one, so all six have to arrive; 322 and 281 are execveat, unused here
        runAndReap(new CallChain(posix)
                .then(LibcFunction.SYSCALL, Libc.SYS_close_range(), 1_000_000, 1_000_001, 0, 0, 0)
                .then(LibcFunction.PWRITE, out, posix.string("x"), 1, 0)
                .then(LibcFunction.WRITE, out, posix.string("six"), 3));

        assertThat(posix.read(pipe.getFirst(), 10)).asString(StandardCharsets.US_ASCII).isEqualTo("six");
        pipe.forEach(Descriptor::close);
    }

    @Test
    void theCallersSignalMaskIsAsBefore() throws Exception {
        MemorySegment mask = posix.allocate(Libc.SIGSET_T_SIZE(), Long.BYTES);
        posix.intCall(LibcFunction.SIGEMPTYSET, mask.address());
        String before = blockedSignals();

        runAndReap(new CallChain(posix).then(LibcFunction.SETSID));

        assertThat(blockedSignals()).isEqualTo(before);
    }

    @Test
    void asynchronousSignalsAreBlockedInTheChildAndThoseOfTheProcessorAreNot() throws Exception {
        List<Descriptor> pipe = posix.pipe();

        // The child's own view of itself: read /proc/thread-self/status by libc calls alone, through descriptor 0.
        assertThat(pipe).hasSize(2);
        pipe.forEach(Descriptor::close);
    }

    @Test
    void aVirtualThreadIsRefused() throws Exception {
        Thread virtual = Thread.ofVirtual().start(() -> {
            try (Posix own = Posix.open()) {
                CallChain chain = new CallChain(own).then(LibcFunction.SETSID);
                assertThatThrownBy(chain::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("platform thread");
            }
        });
        virtual.join();
    }

    private CallChain.Outcome runAndReap(CallChain chain) {
        CallChain.Outcome outcome = chain.run();
        assertThat(posix.awaitChild(outcome.pid())).hasValue(0);
        return outcome;
    }

    private static String blockedSignals() throws Exception {
        return Files.readString(Path.of("/proc/thread-self/status"))
                .lines()
                .filter(line -> line.startsWith("SigBlk:"))
                .findFirst()
                .orElseThrow();
    }
}
