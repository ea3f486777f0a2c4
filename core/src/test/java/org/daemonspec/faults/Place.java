package org.daemonspec.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.daemonspec.DaemonControl;
import org.daemonspec.DaemonSpec;
import org.daemonspec.DaemonStatus;
import org.daemonspec.StopResult;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;

/**
 * Where a daemon is started and ended, and how it is after that: as it was.
 *
 * @param directory with nothing in it at first
 * @param processes of the test
 */
record Place(Path directory, Processes processes) {

    static final int LOCK_OF_PROGRAM = 3;
    static final int LOCK_OF_TASK = 5;

    Path pidfile() {
        return directory.resolve("probe.pid");
    }

    Path log() {
        return directory.resolve("probe.log");
    }

    /** Starts a program here, by this very process. */
    ProcView start() {
        return new ProcView(spec().exec("sleep", "600").pid());
    }

    private DaemonSpec spec() {
        return DaemonSpec.builder().pidfile(pidfile()).build();
    }

    /** It is the instance, and can be told to end. */
    void assertRunsAndStops(ProcView daemon, int lock) throws Exception {
        assertThat(daemon.isAlive()).as("runs").isTrue();
        assertThat(daemon.hasLock(lock)).as("has the lock").isTrue();
        assertThat(ProcView.ofPidfile(pidfile())).isEqualTo(daemon);
        assertThat(DaemonControl.of(pidfile()).stop()).isInstanceOf(StopResult.Stopped.class);
        assertThat(daemon.isAlive()).as("runs after its stop").isFalse();
    }

    /**
     * No process but {@code lasting}, and no file but the log; and the next start works.
     *
     * @param lasting a process that may be there; 0 for none
     * @param mayBeStale whether there may be a pidfile, which nobody has locked
     */
    void assertClean(long lasting, boolean mayBeStale) throws Exception {
        assertThat(others(lasting)).as("processes").isEmpty();
        if (mayBeStale && Files.exists(pidfile())) {
            assertThat(DaemonControl.of(pidfile()).status()).isInstanceOf(DaemonStatus.Stale.class);
        } else {
            assertThat(files()).isSubsetOf(log().getFileName().toString());
        }
        assertRunsAndStops(start(), LOCK_OF_PROGRAM);
        assertThat(files()).isSubsetOf(log().getFileName().toString());
    }

    /** Ends and removes whatever is left, for the next case. */
    void clean(long lasting) throws Exception {
        for (ProcView process : others(lasting)) {
            ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
        Processes.await("the end of what was left", () -> {
            try {
                return others(lasting).isEmpty();
            } catch (IOException e) {
                return false;
            }
        });
        try (Stream<Path> left = Files.walk(directory)) {
            for (Path path : left.sorted(java.util.Comparator.reverseOrder()).toList()) {
                if (!path.equals(directory)) {
                    Files.delete(path);
                }
            }
        }
    }

    List<Long> childrenOf(long parent) throws IOException {
        List<Long> children = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                long pid = Long.parseLong(entry.getFileName().toString());
                if (isChild(new ProcView(pid), parent)) {
                    children.add(pid);
                }
            }
        }
        return children;
    }

    private static boolean isChild(ProcView process, long parent) {
        try {
            return process.parent() == parent;
        } catch (AssertionError goneMeanwhile) {
            return false;
        }
    }

    private List<ProcView> others(long lasting) throws IOException {
        return processes.marked().stream()
                .filter(process -> process.pid() != lasting)
                .toList();
    }

    private TreeSet<String> files() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                names.add(entry.getFileName().toString());
            }
        }
        return names;
    }
}
