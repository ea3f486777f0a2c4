package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the daemon's user can do to the intermediate process, which is his by then and runs in the launcher's memory. */
class ForeignIntermediateTest {

    private static final long NOBODY = 65534;
    private static final ProcView SELF = new ProcView(ProcessHandle.current().pid());

    @RegisterExtension
    private final Processes processes = new Processes();

    private final Posix posix = Posix.open();

    @BeforeEach
    void check() {
        assumeTrue(SELF.status("Uid").startsWith("0\t"), "only root may be anybody else");
    }

    @AfterEach
    void close() {
        posix.close();
    }

    /** A handler of the JVM would end the JVM, or worse. */
    @ParameterizedTest
    @ValueSource(strings = {"SEGV", "BUS", "FPE", "ILL", "TRAP", "TERM", "KILL"})
    void aSignalEndsItAndNothingElse(String signal) throws Exception {
        try (WatchedSpawn watched = WatchedSpawn.start(posix, asNobody("/bin/sleep", "60"))) {
            processes.own(watched.pid());
            ProcView intermediate = new ProcView(new ProcView(watched.pid()).parent());
            assertThat(intermediate.status("Uid")).startsWith(Long.toString(NOBODY));

            signalAsNobody(signal, intermediate);

            if (!signal.equals("TERM")) { // which is blocked there
                Processes.await("its end", () -> !intermediate.isAlive());
            }
            assertThat(new ProcView(watched.pid()).isAlive()).isTrue();
        }
        assertThat(SELF.statusOfThreads("Uid")).containsExactly("0 0 0 0");
    }

    @Test
    void aStoppedOneDoesNotKeepTheLauncher() throws Exception {
        WatchedSpawn watched = WatchedSpawn.start(posix, asNobody("/bin/sleep", "60"));
        processes.own(watched.pid());
        ProcView intermediate = new ProcView(new ProcView(watched.pid()).parent());
        signalAsNobody("STOP", intermediate);

        AtomicBoolean hung = new AtomicBoolean();
        // On this thread, to which the memory belongs.
        Thread watchdog = new Thread(() -> {
            try {
                Thread.sleep(Duration.ofSeconds(15));
                hung.set(true);
                ProcessHandle.of(intermediate.pid()).ifPresent(ProcessHandle::destroyForcibly);
            } catch (InterruptedException done) {
                // as it should be
            }
        });
        watchdog.start();
        watched.close();
        watchdog.interrupt();

        assertThat(hung).isFalse();
        assertThat(intermediate.isAlive()).isFalse();
        assertThat(new ProcView(watched.pid()).isAlive()).isTrue();
    }

    @Test
    void itsMemoryIsNotHisToLookInto() throws Exception {
        try (WatchedSpawn watched = WatchedSpawn.start(posix, asNobody("/bin/sleep", "60"))) {
            processes.own(watched.pid());
            ProcView intermediate = new ProcView(new ProcView(watched.pid()).parent());

            assertThat(intermediate.owner()).as("not dumpable").isZero();
            assertThat(posix.isDumpable()).isFalse();
        }
        assertThat(posix.isDumpable()).isTrue();
    }

    @Test
    void whatIsRefusedLeavesNeitherProcessNorDescriptorNorThread() throws Exception {
        ProcessContext context = context(Optional.of(new TreeSet<>(List.of(8191))));
        long descriptors = SELF.descriptors().size();

        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> WatchedSpawn.start(posix, request(context, "/bin/sleep", "60")))
                    .isInstanceOf(RefusedContextException.class)
                    .hasMessageContaining("sched_setaffinity [8191]: EINVAL")
                    .hasMessageContaining("CPU affinity: [8191] was asked for, ");
        }

        // two descriptors of each request are this test's own
        assertThat(SELF.descriptors()).hasSizeLessThanOrEqualTo((int) descriptors + 40);
        assertThat(posix.isDumpable()).isTrue();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("daemonspec-intermediate"));
    }

    private void signalAsNobody(String signal, ProcView process) throws Exception {
        assertThat(processes
                        .run(Prefix.nobody().before(List.of("kill", "-" + signal, Long.toString(process.pid()))))
                        .err())
                .isEmpty();
    }

    private SpawnRequest asNobody(String... command) {
        return request(context(Optional.empty()), command);
    }

    private SpawnRequest request(ProcessContext context, String... command) {
        SpawnRequest request = Requests.of(posix, command);
        return new SpawnRequest(
                request.path(),
                request.arguments(),
                request.environment(),
                request.umask(),
                request.workingDirectory(),
                request.descriptors(),
                context);
    }

    private static ProcessContext context(Optional<SortedSet<Integer>> cpus) {
        return new ProcessContext(
                Optional.of(new ProcessContext.Identity(NOBODY, NOBODY, new TreeSet<>())),
                Optional.of(new TreeSet<>()),
                false,
                List.of(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                cpus,
                OptionalInt.empty(),
                Optional.empty());
    }
}
