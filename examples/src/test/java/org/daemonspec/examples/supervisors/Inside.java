package org.daemonspec.examples.supervisors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;

/**
 * The inside of a box or a container, by way of its process 1: programs run in its namespaces, see nsenter(1), with nothing of this
 * test's environment; files are read and written through {@code /proc}.
 *
 * @param leader its process 1, as it is known outside
 * @param processes with which the test runs programs
 */
record Inside(long leader, Processes processes) {

    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** Runs a program to its end. */
    Finished run(String... command) throws Exception {
        return processes.run(entered(command));
    }

    /** Runs a program to its end, which has to be a success. */
    String succeed(String... command) throws Exception {
        Finished finished = run(command);
        if (finished.exitCode() != 0) {
            throw new AssertionError(String.join(" ", command) + " gave " + finished);
        }
        return finished.out();
    }

    /** Starts a program that goes on; what it writes goes to a file inside. */
    Process start(String log, String... command) throws IOException {
        return processes
                .builder(entered(command))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(path(log).toFile())
                .start();
    }

    /** The way to a file inside; a symbolic link in it leads to where it leads outside. */
    Path path(String absolute) {
        return Path.of("/proc/" + leader + "/root" + absolute);
    }

    /** What a file inside contains; nothing while there is none. */
    String read(String absolute) {
        try {
            return Files.readString(path(absolute));
        } catch (IOException notYetThere) {
            return "";
        }
    }

    /** Whether there is such a file inside. */
    boolean exists(String absolute) {
        return Files.exists(path(absolute));
    }

    /** Writes a file inside; a script can be executed. */
    void write(String absolute, String content) throws IOException {
        Path file = path(absolute);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        boolean script = content.startsWith("#!");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(script ? "rwxr-xr-x" : "rw-r--r--"));
    }

    /** Runs a program of the machine outside in the network inside. */
    Finished runOutsideInItsNetwork(String... command) throws Exception {
        return processes.run(entered(List.of("--net"), command));
    }

    private List<String> entered(String... command) {
        return entered(List.of("--mount", "--uts", "--ipc", "--net", "--pid", "env", "-i", PATH), command);
    }

    private List<String> entered(List<String> how, String... command) {
        List<String> entered = new ArrayList<>(List.of("nsenter", "--target", Long.toString(leader)));
        entered.addAll(how);
        entered.addAll(List.of(command));
        return entered;
    }
}
