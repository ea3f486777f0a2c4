package org.daemonspec.examples.supervisors;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A container with a booted systemd, see systemd-nspawn(1): one for all tests, with a network of its own, the example in
 * {@code /opt/http} and a JDK in {@code /opt/jdk}, all else written to memory. It ends when its stdin does, with all that is in it; only
 * its control groups are left then, which the tests remove.
 */
final class SystemdContainer implements BeforeAllCallback {

    private static final List<String> HIERARCHIES =
            List.of("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd");

    private static final String CONTROL_GROUP = "daemonspec-container-";

    /** nspawn has no way to end with its parent; process 1 of a pid namespace has. */
    private static final String START = """
        set -e
        name=$1
        shift
        for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
            if [ -e "$hierarchy/cgroup.procs" ]; then
                mkdir "$hierarchy/$name"
                echo $$ >"$hierarchy/$name/cgroup.procs"
            fi
        done
        export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
        exec unshare --pid --mount --propagation private --mount-proc --fork --kill-child=KILL \\
            sh -c '"$@" </dev/null & cat >/dev/null' sh "$@"
        """;

    /** In the tests' store, from the first test that needs it to the last of all. */
    private record Booted(Process process, Inside inside, String controlGroup, Path installed)
            implements AutoCloseable {

        @Override
        public void close() throws IOException {
            process.destroyForcibly().onExit().join();
            try {
                Patience.await("the end of the container", () -> removeControlGroups(controlGroup));
            } catch (Exception e) {
                throw new IOException(e);
            }
            Installation.remove(installed);
        }
    }

    private Optional<Inside> inside = Optional.empty();

    @Override
    public void beforeAll(ExtensionContext context) {
        Programs.assumeInstalled("debootstrap", "systemd-nspawn", "unshare", "nsenter", "curl");
        inside = Optional.of(context.getRoot()
                .getStore(ExtensionContext.Namespace.create(SystemdContainer.class))
                .computeIfAbsent("container", key -> boot(), Booted.class)
                .inside());
    }

    /** The inside, where systemd runs. */
    Inside inside() {
        return inside.orElseThrow();
    }

    private static Booted boot() {
        try {
            Path root = RootFilesystem.make();
            Path installed = Installation.makeIn(fresh(Installation.cache().resolve("installed")));
            removeAbandonedControlGroups();
            String name = CONTROL_GROUP + ProcessHandle.current().pid();
            List<String> command = new ArrayList<>(List.of("sh", "-c", START, "sh", name));
            command.addAll(List.of("systemd-nspawn", "--boot", "--register=no", "--keep-unit", "--machine=daemonspec"));
            command.addAll(List.of("--directory=" + root, "--volatile=overlay", "--private-network"));
            command.addAll(List.of("--bind-ro=" + installed + ":/opt/http"));
            command.addAll(List.of("--bind-ro=" + Installation.jdk() + ":/opt/jdk", "--console=pipe"));
            Path log = Installation.cache().resolve("systemd-nspawn.log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                return new Booted(process, awaitSystemd(process, log), name, installed);
            } catch (Exception | AssertionError e) {
                process.destroyForcibly().waitFor();
                removeControlGroups(name);
                Installation.remove(installed);
                throw e;
            }
        } catch (Exception e) {
            throw new AssertionError("no container: " + e, e);
        }
    }

    private static Inside awaitSystemd(Process process, Path log) throws Exception {
        Patience.await("systemd to run", () -> {
            if (!process.isAlive()) {
                throw new AssertionError("no container: " + Files.readString(log));
            }
            return systemd(process).isPresent();
        });
        Inside inside = new Inside(systemd(process).orElseThrow(), new Processes());
        Patience.await(
                "systemd to have booted",
                () -> List.of("running\n", "degraded\n")
                        .contains(inside.run("systemctl", "is-system-running").out()));
        return inside;
    }

    private static Optional<Long> systemd(Process process) {
        return process.descendants()
                .map(ProcessHandle::pid)
                .filter(pid -> new ProcView(pid).line("comm").equals("systemd"))
                .findFirst();
    }

    private static Path fresh(Path directory) throws IOException {
        if (Files.exists(directory)) {
            Installation.remove(directory);
        }
        return directory;
    }

    /** Of tests that were killed; those of tests that run cannot be removed. */
    private static void removeAbandonedControlGroups() throws IOException {
        for (String hierarchy : HIERARCHIES) {
            if (Files.isDirectory(Path.of(hierarchy))) {
                try (DirectoryStream<Path> groups = Files.newDirectoryStream(Path.of(hierarchy), CONTROL_GROUP + "*")) {
                    for (Path group : groups) {
                        remove(group);
                    }
                }
            }
        }
    }

    /** Whether none is left. */
    private static boolean removeControlGroups(String name) throws IOException {
        boolean all = true;
        for (String hierarchy : HIERARCHIES) {
            Path group = Path.of(hierarchy, name);
            all &= Files.notExists(group) || remove(group);
        }
        return all;
    }

    private static boolean remove(Path group) throws IOException {
        List<Path> directories;
        try (Stream<Path> below = Files.find(group, 64, (path, attributes) -> attributes.isDirectory())) {
            directories = below.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path directory : directories) {
            if (!directory.toFile().delete()) { // EBUSY, as long as something in there is ending
                return false;
            }
        }
        return true;
    }
}
