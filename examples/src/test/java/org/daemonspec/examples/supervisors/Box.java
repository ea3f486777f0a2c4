package org.daemonspec.examples.supervisors;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.daemonspec.support.Processes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * This machine's programs in namespaces of a test's own: no other process, no network but loopback, files of its own in
 * {@code /etc}, {@code /run}, {@code /tmp} and {@code /var/log}. All processes in it end with process 1, which ends with the test, also if
 * that is killed: its stdin is the test's pipe.
 */
final class Box implements BeforeEachCallback, AfterEachCallback {

    /** Ends at the end of its stdin; meanwhile the shell reaps orphans, as an init does, and is no init that anybody knows. */
    private static final String[] SLEEPER = {"sh", "-c", "cat >/dev/null; :"};

    private static final String FURNISH = """
        set -e
        mount -t tmpfs -o mode=755 tmpfs /mnt
        mkdir /mnt/http /mnt/jdk
        mount --bind "$1" /mnt/http
        mount --bind "$2" /mnt/jdk
        mount --move /mnt /opt
        mount -t tmpfs -o mode=755 tmpfs /run
        mkdir -p /run/lock /run/.etc/upper /run/.etc/work
        mount -t overlay -o lowerdir=/etc,upperdir=/run/.etc/upper,workdir=/run/.etc/work overlay /etc
        mount -t tmpfs -o mode=755 tmpfs /var/log
        mkdir /var/log/supervisor
        mount -t tmpfs -o mode=1777 tmpfs /tmp
        ip link set lo up
        cd /
        touch /run/furnished
        shift 2
        exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
        """;

    private final Processes processes = new Processes();
    private @Nullable Path directory;
    private @Nullable Process unshare;
    private @Nullable Inside inside;

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        Programs.assumeInstalled("unshare", "nsenter", "ip", "curl");
        directory = Files.createTempDirectory("daemonspec-box");
        Files.createFile(output());
    }

    /** Opens the box; its process 1 sleeps. */
    Inside open() throws Exception {
        return boot(SLEEPER);
    }

    /** Opens the box with a program that is its process 1. */
    Inside boot(String... init) throws Exception {
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", "--net"));
        command.addAll(List.of("--ipc", "--uts", "--pid", "--mount-proc", "--fork", "--kill-child=KILL"));
        command.addAll(List.of("sh", "-c", FURNISH, "sh"));
        command.add(Installation.makeIn(existing(directory).resolve("http")).toString());
        command.add(Installation.jdk().toString());
        command.addAll(List.of(init));
        Process started = processes
                .builder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(output().toFile()))
                .start();
        unshare = started;
        Patience.await("the box: " + said(), () -> {
            if (!started.isAlive() && !said().isEmpty()) {
                throw new AssertionError("the box could not be made: " + said());
            }
            return started.children().findFirst().map(Box::isFurnished).orElse(!started.isAlive());
        });
        Inside opened = new Inside(
                started.children().findFirst().map(ProcessHandle::pid).orElse(0L), processes);
        inside = opened;
        return opened;
    }

    private static boolean isFurnished(ProcessHandle leader) {
        return Files.exists(Path.of("/proc/" + leader.pid() + "/root/run/furnished"));
    }

    /** The inside of the open box. */
    Inside inside() {
        return existing(inside);
    }

    /** What process 1 wrote. */
    String said() throws IOException {
        return Files.readString(output(), StandardCharsets.UTF_8);
    }

    /** Waits for the end of process 1 and gives its exit code, as whoever started the box sees it. */
    int awaitExit() throws InterruptedException {
        Process started = existing(unshare);
        if (!started.waitFor(90, TimeUnit.SECONDS)) {
            throw new AssertionError("process 1 did not end");
        }
        return started.exitValue();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        if (unshare != null) {
            unshare.destroyForcibly().waitFor();
        }
        processes.afterEach(context);
        if (directory != null) {
            Installation.remove(directory);
        }
    }

    private Path output() {
        return existing(directory).resolve("output");
    }

    private static <T> T existing(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the box is not open");
        }
        return value;
    }
}
