package org.daemonspec.internal.notify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.supervisor.Supervision;

/**
 * The descriptor on which s6-supervise(8) expects a newline when the service can be used. It is not in the environment: the file
 * {@code notification-fd} in the service's directory, which is the supervisor's working directory, has its number. See
 * <a href="https://skarnet.org/software/s6/notifywhenup.html">Service startup notifications</a>. Not thread-safe.
 */
public final class S6Readiness {

    private static final String SUPERVISOR = "s6-supervise";
    private static final String FILE = "notification-fd";

    /** Behind the standard streams: nobody has it write into its log. */
    private static final int LOWEST = 3;

    private static final int ACCESS_MODE = 3;
    private static final int CLOSE_ON_EXEC = 02000000;

    private final int descriptor;

    private S6Readiness(int descriptor) {
        this.descriptor = descriptor;
    }

    /** The one of this process, if s6-supervise(8) started it, or its run script's shell, and wants to know. */
    public static Optional<S6Readiness> ofThisProcess() {
        OptionalLong starter = Supervision.starterOfThisProcess();
        if (starter.isEmpty()) {
            return Optional.empty();
        }
        OptionalInt number = announced(Path.of("/proc", Long.toString(starter.getAsLong())), Path.of(""));
        return number.isPresent() ? at(number.getAsInt()) : Optional.empty();
    }

    /**
     * The same by its number, which the process knows from before it was executed anew.
     *
     * @return empty if there is no such pipe
     */
    public static Optional<S6Readiness> at(int number) {
        return number >= LOWEST && isInheritedPipeToWriteTo(number)
                ? Optional.of(new S6Readiness(number))
                : Optional.empty();
    }

    /**
     * The number by the supervisor's word. Whose user is not root's any more may not look where a supervisor of root's works; but who is
     * started by it begins in the same directory.
     *
     * @param supervisor in {@code /proc}, if it is one
     */
    static OptionalInt announced(Path supervisor, Path ownDirectory) {
        try {
            if (!Files.readString(supervisor.resolve("comm"), StandardCharsets.ISO_8859_1)
                    .equals(SUPERVISOR + "\n")) {
                return OptionalInt.empty();
            }
            Path directory = supervisor.resolve("cwd");
            return number(Files.isReadable(directory) ? directory : ownDirectory);
        } catch (IOException | NumberFormatException none) {
            return OptionalInt.empty();
        }
    }

    private static OptionalInt number(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        return OptionalInt.of(Integer.parseInt(
                Files.readString(file, StandardCharsets.ISO_8859_1).strip()));
    }

    /** Not one that this JVM made: those are close-on-exec. */
    private static boolean isInheritedPipeToWriteTo(int number) {
        try {
            Path link = Path.of("/proc/self/fd", Integer.toString(number));
            if (!Files.readSymbolicLink(link).toString().startsWith("pipe:")) {
                return false;
            }
            int flags = flags(Files.readString(Path.of("/proc/self/fdinfo", Integer.toString(number))));
            return (flags & ACCESS_MODE) != 0 && (flags & CLOSE_ON_EXEC) == 0;
        } catch (IOException notOpen) {
            return false;
        }
    }

    /** See proc_pid_fdinfo(5). */
    private static int flags(String info) {
        return info.lines()
                .filter(line -> line.startsWith("flags:"))
                .mapToInt(line ->
                        Integer.parseInt(line.substring("flags:".length()).strip(), 8))
                .findFirst()
                .orElse(0);
    }

    /** The number that this process knows it by. */
    public int descriptor() {
        return descriptor;
    }

    /** From here on, what this process executes has it no more. */
    void keepFromChildren() {
        try (Posix posix = Posix.open()) {
            posix.setCloseOnExec(descriptor);
        }
    }

    /** Says that the service can be used, and lets go of the descriptor, as the protocol wants it. Once. */
    void announce() {
        try (Posix posix = Posix.open();
                Descriptor pipe = posix.inherited(descriptor)) {
            posix.write(pipe, new byte[] {'\n'});
        } catch (SystemCallException e) {
            if (!e.is(Errno.EPIPE)) { // a supervisor that was killed does not want to know
                throw e;
            }
        }
    }
}
