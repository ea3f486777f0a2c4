package org.daemonspec.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A machine's part with a system log of its own: a mount namespace, see mount_namespaces(7), in which {@code /dev/log} or
 * {@code /run/systemd/journal} belong to the test. It goes with the log's daemon.
 */
public final class SystemLogs {

    /** Devices that a JVM wants, and nothing else. */
    private static final String OWN_DEV = """
        mount -t tmpfs tmpfs "$1"
        for device in null zero full random urandom; do
            touch "$1/$device"
            mount --bind "/dev/$device" "$1/$device"
        done
        mkdir "$1/shm"
        mount --rbind "$1" /dev
        """;

    private static final String OWN_RUN = """
        mount -t tmpfs tmpfs /run
        mkdir -p /run/log /run/systemd/journal
        """;

    private final Process daemon;

    private SystemLogs(Process daemon) {
        this.daemon = daemon;
    }

    /**
     * A syslog daemon that appends to a file, one line for each message: time, host, facility and priority, tag.
     *
     * @param directory an empty one, for the daemon
     */
    public static SystemLogs syslog(Processes processes, Path directory, Path messages) throws Exception {
        Path busybox = Path.of("/bin/busybox");
        assertThat(busybox).as("its syslogd is needed: install busybox").exists();
        return start(
                processes,
                "busybox",
                OWN_DEV + "exec busybox syslogd -n -O \"$2\"",
                List.of(directory.toString(), messages.toString()),
                Path.of("/dev/log"));
    }

    /** A systemd-journald, which keeps its entries in memory. */
    public static SystemLogs journal(Processes processes) throws Exception {
        String program = "/lib/systemd/systemd-journald";
        assertThat(Path.of(program)).as("it is needed: install systemd").exists();
        return start(
                processes, program, OWN_RUN + "exec " + program, List.of(), Path.of("/run/systemd/journal/stdout"));
    }

    private static SystemLogs start(
            Processes processes, String program, String script, List<String> arguments, Path socket) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", "sh", "-ec", script, "sh"));
        command.addAll(arguments);
        Process daemon = processes
                .builder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Path inside = Path.of("/proc/" + daemon.pid() + "/root" + socket);
        ProcView process = new ProcView(daemon.pid());
        Processes.await(
                socket + " of a namespace that is complete, since its shell has become the program",
                () -> (isRunning(program, process) && Files.exists(inside)) || !daemon.isAlive());
        assertThat(daemon.isAlive())
                .as("the log's daemon runs; a mount namespace needs root")
                .isTrue();
        return new SystemLogs(daemon);
    }

    private static boolean isRunning(String program, ProcView process) {
        return process.arguments().stream().findFirst().equals(Optional.of(program));
    }

    /** The same command for a process that has this log. */
    public List<String> inside(List<String> command) {
        List<String> inside =
                new ArrayList<>(List.of("nsenter", "--mount", "--target", Long.toString(daemon.pid()), "--"));
        inside.addAll(command);
        return inside;
    }

    /** Ends the log's daemon. */
    public void end() throws InterruptedException {
        daemon.destroyForcibly().waitFor();
    }
}
