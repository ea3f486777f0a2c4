package org.daemonspec.internal.notify;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.posix.UnixDatagram;

/**
 * The socket on which a supervisor listens, by the variable NOTIFY_SOCKET, see sd_notify(3). Immutable and thread-safe.
 */
public final class NotifySocket {

    /** The variable that names it. */
    public static final String VARIABLE = "NOTIFY_SOCKET";

    /** How long a message waits while the supervisor does not read. */
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    /** As many bytes as systemd reads of a message; it ignores a longer one. */
    public static final int LONGEST_MESSAGE = 4096;

    private static final String TRUST =
            "; see that the supervisor that set NOTIFY_SOCKET listens there, and lets this user" + " write to it.";

    private final String address;
    private final Optional<String> problem;

    private NotifySocket(String address, Optional<String> problem) {
        this.address = address;
        this.problem = problem;
    }

    /** The socket of this process's supervisor; empty if there is none that wants to know. */
    public static Optional<NotifySocket> ofThisProcess() {
        String text = System.getenv(VARIABLE);
        return text == null || text.isEmpty() ? Optional.empty() : Optional.of(named(bytes(text)));
    }

    /** The variable as the kernel has it, for the locale may have no characters for it. */
    private static String bytes(String text) {
        try {
            return JvmProcess.environmentOfThisProcess().getOrDefault(VARIABLE, text);
        } catch (IOException notDumpable) {
            return ByteString.encode(text);
        }
    }

    /** The socket that a byte string names. */
    public static NotifySocket named(String value) {
        boolean isAbstract = value.startsWith("@");
        if (!isAbstract && !value.startsWith("/")) {
            return unusable(
                    value,
                    "neither the absolute path of a UNIX socket nor @ and a name; have the supervisor notified in one"
                            + " of these ways, or unset the variable.");
        }
        if (value.length() == 1) {
            return unusable(value, "names nothing; unset the variable, or have the supervisor name its socket.");
        }
        if (value.length() > UnixDatagram.LONGEST_ADDRESS) {
            return unusable(
                    value,
                    value.length() + " bytes, more than the " + UnixDatagram.LONGEST_ADDRESS
                            + " of an address, see unix(7); have the supervisor listen at a shorter one.");
        }
        return new NotifySocket(isAbstract ? '\0' + value.substring(1) : value, Optional.empty());
    }

    private static NotifySocket unusable(String value, String problem) {
        return new NotifySocket(value, Optional.of(VARIABLE + "=" + ByteString.decode(value) + ": " + problem));
    }

    /** Why nothing can be sent at all, in a sentence; empty if that was not to be seen from the address. */
    public Optional<String> problem() {
        return problem;
    }

    /** A byte string: the path, or NUL and the name in the abstract namespace. */
    String address() {
        return address;
    }

    /**
     * Sends a message.
     *
     * @throws IOException if that is not possible, or not in time: a sentence
     */
    public void send(Notification message) throws IOException {
        send(message, List.of());
    }

    /** The same with descriptors. */
    public void send(Notification message, List<Integer> descriptors) throws IOException {
        if (!trySend(message, descriptors, PATIENCE)) {
            throw new IOException("sendmsg " + ByteString.decode(address.replace('\0', '@'))
                    + ": EAGAIN (the supervisor has not read for " + PATIENCE.toSeconds()
                    + " s); see what keeps it from that.");
        }
    }

    /**
     * The same in another time.
     *
     * @return whether it was sent; {@code false} if the supervisor did not read in time
     */
    public boolean trySend(Notification message, List<Integer> descriptors, Duration patience) throws IOException {
        if (problem.isPresent()) {
            throw new IOException(problem.get());
        }
        try (Posix posix = Posix.open()) {
            return UnixDatagram.send(posix, address, message.bytes(), descriptors, patience);
        } catch (SystemCallException e) {
            throw new IOException(e.getMessage() + advice(e), e);
        }
    }

    private static String advice(SystemCallException e) {
        return e.is(Errno.EBADF) ? "; pass descriptors that are open." : TRUST;
    }
}
