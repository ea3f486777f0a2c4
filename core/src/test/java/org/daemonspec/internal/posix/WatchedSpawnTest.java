package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.daemonspec.bindings.Libc;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WatchedSpawnTest {

    private static final String[] SLEEP = {"/bin/sleep", "60"};
    private static final ProcView SELF = new ProcView(ProcessHandle.current().pid());

    @RegisterExtension
    private final Processes processes = new Processes();

    private final Posix posix = Posix.open();

    @AfterEach
    void close() {
        posix.close();
    }

    @Test
    void whileWatchedTheProcessIsAChildOfTheIntermediateOne() throws Exception {
        try (WatchedSpawn watched = started(SLEEP)) {
            ProcView daemon = new ProcView(watched.pid());
            ProcView intermediate = new ProcView(daemon.parent());

            Processes.await("the program's arguments", () -> daemon.arguments().equals(List.of(SLEEP)));
            assertThat(intermediate.parent()).isEqualTo(SELF.pid());
            assertThat(daemon.session()).isEqualTo(intermediate.pid());
        }
    }

    @Test
    void theIntermediateProcessKeepsNothingOfOursOpen() throws Exception {
        try (WatchedSpawn watched = started(SLEEP)) {
            ProcView intermediate = new ProcView(new ProcView(watched.pid()).parent());
            Processes.await(
                    "the intermediate process to have only its socket left",
                    () -> openDescriptors(intermediate).equals(Set.of(0)));
        }
    }

    @Test
    void noCopyOfAPipesEndThatKeepsItsNumberIsLeftBesideTheProcess() {
        List<Descriptor> pipe = posix.pipe();
        Descriptor end = pipe.getLast();
        SpawnRequest request = Requests.of(posix, "/bin/true");
        SortedMap<Integer, Descriptor> descriptors = new TreeMap<>(request.descriptors());
        descriptors.put(end.number(), end);

        try (WatchedSpawn watched = WatchedSpawn.start(posix, request.with(request.workingDirectory(), descriptors))) {
            processes.own(watched.pid());
            end.close();

            assertThat(posix.awaitReadable(pipe.getFirst(), Duration.ofSeconds(30)))
                    .isTrue();
            assertThat(posix.read(pipe.getFirst(), 1)).as("end of file").isEmpty();
        }
    }

    @Test
    void letGoTheProcessBelongsToInitOrASubreaper() {
        WatchedSpawn watched = started(SLEEP);
        ProcView daemon = new ProcView(watched.pid());
        long intermediate = daemon.parent();

        watched.close();

        assertThat(daemon.isAlive()).isTrue();
        assertThat(daemon.parent()).isNotEqualTo(SELF.pid()).isNotEqualTo(intermediate);
        assertThat(Path.of("/proc", Long.toString(intermediate))).doesNotExist();
    }

    @Test
    void aProcessThatEndedStaysAZombieWithItsExitStatusUntilItIsLetGo() throws Exception {
        WatchedSpawn watched = started("/bin/sh", "-c", "exit 42");
        Path stat = Path.of("/proc", Integer.toString(watched.pid()), "stat");

        Processes.await("the process to end", () -> !new ProcView(watched.pid()).isAlive());
        assertThat(Files.readString(stat)).contains(") Z ").endsWith(" " + (42 << 8) + "\n");

        watched.close();
        Processes.await("somebody to reap it", () -> !Files.exists(stat));
    }

    @Test
    void twoAreLetGoIndependentlyAndInAnyOrder() {
        WatchedSpawn first = started(SLEEP);
        WatchedSpawn second = started(SLEEP);
        long firstParent = new ProcView(first.pid()).parent();
        long secondParent = new ProcView(second.pid()).parent();

        first.close();
        assertThat(new ProcView(first.pid()).parent()).isNotEqualTo(firstParent);
        assertThat(new ProcView(second.pid()).parent()).isEqualTo(secondParent);

        second.close();
        assertThat(new ProcView(second.pid()).parent()).isNotEqualTo(secondParent);
    }

    @Test
    void closingTwiceDoesNothing() {
        WatchedSpawn watched = started(SLEEP);

        watched.close();
        watched.close();

        assertThat(new ProcView(watched.pid()).isAlive()).isTrue();
    }

    @Test
    void aFailedExecIsThrownWithErrnoAndLeavesNoDescriptorThreadOrProcess() throws Exception {
        SpawnRequest request = Requests.of(posix, "/absent/program");
        Set<Integer> descriptors = openDescriptors(SELF);

        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> WatchedSpawn.start(posix, request))
                .withMessageContaining("posix_spawn /absent/program")
                .satisfies(failure -> assertThat(failure.errno()).isEqualTo(new Errno(Libc.ENOENT())));

        assertThat(openDescriptors(SELF)).isSubsetOf(descriptors);
        Processes.await(
                "the thread to end",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("daemonspec-intermediate")));
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    private static Set<Integer> openDescriptors(ProcView process) {
        try {
            return process.descriptors().keySet();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private WatchedSpawn started(String... command) {
        WatchedSpawn watched = WatchedSpawn.start(posix, Requests.of(posix, command));
        processes.own(watched.pid());
        return watched;
    }
}
