package org.daemonspec;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daemonspec.internal.notify.Notification;
import org.daemonspec.internal.notify.NotifySocket;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * The protocol of sd_notify(3) for programs that need more of it than a {@link DaemonContext} does by itself. Immutable and
 * thread-safe.
 *
 * {@snippet :
 * Optional<SdNotify> supervisor = SdNotify.ofThisProcess();
 * if (supervisor.isPresent()) {
 *     supervisor.get().storeDescriptors("state", memory);   // given back by the next start, see FileDescriptorStoreMax=
 * }
 * }
 *
 * <p>Messages go to the datagram socket in NOTIFY_SOCKET: a path, or {@code @} and a name in the abstract namespace, see unix(7).
 * A message waits for at most 5 s while the supervisor does not read. Whatever fails is an {@link IOException} whose message is one
 * sentence with the call, the socket, errno by name and what to do; a program had better go on then. Methods throw
 * {@link UnsupportedOperationException} on another platform than {@link DaemonSpec}'s, or if native access is denied.
 */
public final class SdNotify {

    /** As in systemd: what shell variables are called. */
    private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=[^\n\0]*");

    /** See sd_pid_notify_with_fds(3); a colon separates names in LISTEN_FDNAMES. */
    private static final Pattern DESCRIPTOR_NAME = Pattern.compile("[\\x20-\\x7e&&[^:]]{1,255}");

    /** As many as Linux passes at once, see SCM_RIGHTS in unix(7). */
    private static final int MOST_DESCRIPTORS = 253;

    private final NotifySocket socket;

    SdNotify(NotifySocket socket) {
        this.socket = socket;
    }

    /**
     * The supervisor of this process.
     *
     * @return empty if NOTIFY_SOCKET is not set: then nobody wants to know
     */
    public static Optional<SdNotify> ofThisProcess() {
        return NotifySocket.ofThisProcess().map(SdNotify::new);
    }

    /**
     * Sends assignments, all in one message.
     *
     * @param assignments each {@code NAME=value}, such as {@code "STATUS=loading"} or {@code "X_ECHO_CLIENTS=7"}; the value has neither
     *     a newline nor NUL
     * @throws IllegalArgumentException if one is none, there is none at all, or the message is longer than 4096 bytes in UTF-8, which
     *     systemd would ignore
     * @throws IOException if it cannot be sent
     */
    public void send(String... assignments) throws IOException {
        send(List.of(assignments), List.of());
    }

    /**
     * Has the supervisor keep open files beyond the end of this process: the next one inherits them as sd_listen_fds(3) has it. See
     * FDSTORE in sd_notify(3); systemd wants FileDescriptorStoreMax= for that. One that shows an error or a hang-up, such as a
     * connection that ended, is let go of by itself. This process keeps its own.
     *
     * @param name what LISTEN_FDNAMES calls them: 1 to 255 printable ASCII characters without {@code :}
     * @param descriptors 1 to 253 numbers of open descriptors of this process
     * @throws IllegalArgumentException if the name, or how many there are, is out of range
     * @throws IOException if they cannot be sent, as with EBADF if one is not open
     */
    public void storeDescriptors(String name, int... descriptors) throws IOException {
        store(List.of("FDSTORE=1", nameOf(name)), descriptors);
    }

    /**
     * The same for files that the supervisor is not to watch for an error or a hang-up: they are kept until they are
     * removed. See FDPOLL in sd_notify(3).
     *
     * @param name as above
     * @param descriptors as above
     * @throws IllegalArgumentException as above
     * @throws IOException as above
     */
    public void storeDescriptorsWithoutPolling(String name, int... descriptors) throws IOException {
        store(List.of("FDSTORE=1", "FDPOLL=0", nameOf(name)), descriptors);
    }

    /**
     * Has the supervisor let go of all files with a name. See FDSTOREREMOVE in sd_notify(3).
     *
     * @param name that they were stored with
     * @throws IllegalArgumentException if it cannot be such a name
     * @throws IOException if it cannot be sent
     */
    public void removeDescriptors(String name) throws IOException {
        send("FDSTOREREMOVE=1", nameOf(name));
    }

    /**
     * Waits until the supervisor has handled everything that this process has sent so far, as sd_notify_barrier(3): it
     * gets the end of a pipe and closes it in turn. Before a process of short life ends, this makes sure that its messages
     * are known to be its own.
     *
     * @param timeout how long to wait at most; zero or above
     * @return whether the supervisor has done so in time
     * @throws IllegalArgumentException if the timeout is negative
     * @throws IOException if it cannot be asked
     */
    public boolean barrier(Duration timeout) throws IOException {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("barrier " + timeout + ": give a time that is not negative.");
        }
        long begin = System.nanoTime();
        try (Posix posix = Posix.open()) {
            List<Descriptor> pipe = posix.pipe();
            try (Descriptor here = pipe.getFirst()) {
                return isHandedOver(pipe.getLast(), timeout)
                        && posix.awaitReadable(here, timeout.minusNanos(System.nanoTime() - begin));
            }
        } catch (SystemCallException e) {
            throw new IOException(e.getMessage() + "; this process needs two more descriptors for a barrier.", e);
        }
    }

    /**
     * Makes another process the service's main process. See MAINPID in sd_notify(3). A launcher's daemon does this by itself.
     *
     * @param pid above zero
     * @throws IllegalArgumentException if it is not
     * @throws IOException if it cannot be sent
     */
    public void mainPid(long pid) throws IOException {
        if (pid <= 0) {
            throw new IllegalArgumentException("mainPid " + pid + ": give a pid, which is above zero.");
        }
        send("MAINPID=" + pid);
    }

    /**
     * Has the supervisor act as if this process had given no sign of life for too long: systemd ends it, and starts it anew if the unit
     * says so. See WATCHDOG in sd_notify(3).
     *
     * @throws IOException if it cannot be sent
     */
    public void watchdogTrigger() throws IOException {
        send("WATCHDOG=trigger");
    }

    /**
     * Sets the time after which the supervisor's watchdog acts. See WATCHDOG_USEC in sd_notify(3). The signs of life that a
     * {@link DaemonContext} gives stay at half of what the variable WATCHDOG_USEC had at the start: a shorter time than
     * that takes signs of your own.
     *
     * @param timeout at least a microsecond
     * @throws IllegalArgumentException if it is shorter
     * @throws IOException if it cannot be sent
     */
    public void watchdogTimeout(Duration timeout) throws IOException {
        long microseconds = Notification.microseconds(timeout);
        if (microseconds <= 0) {
            throw new IllegalArgumentException("watchdogTimeout " + timeout + ": give at least a microsecond.");
        }
        send("WATCHDOG_USEC=" + microseconds);
    }

    /** Whether the supervisor has this end of a pipe, and it alone. */
    private boolean isHandedOver(Descriptor end, Duration timeout) throws IOException {
        try (end) {
            return socket.trySend(Notification.of(List.of("BARRIER=1")), List.of(end.number()), timeout);
        }
    }

    private void store(List<String> assignments, int... descriptors) throws IOException {
        if (descriptors.length == 0 || descriptors.length > MOST_DESCRIPTORS) {
            throw new IllegalArgumentException(
                    descriptors.length + " descriptors: give 1 to " + MOST_DESCRIPTORS + " at once.");
        }
        send(assignments, Arrays.stream(descriptors).boxed().toList());
    }

    private void send(List<String> assignments, List<Integer> descriptors) throws IOException {
        socket.send(checked(assignments), descriptors);
    }

    /** All that is wrong at once. */
    private static Notification checked(List<String> assignments) {
        Notification message = Notification.of(assignments);
        Stream<String> wrong = assignments.stream()
                .filter(assignment -> !ASSIGNMENT.matcher(assignment).matches())
                .map(assignment -> "'" + assignment.replace("\n", "\\n").replace("\0", "\\0")
                        + "' is no assignment: give NAME=value without newline and NUL.");
        List<String> problems = new ArrayList<>(wrong.toList());
        if (assignments.isEmpty()) {
            problems.add("There is nothing to send: give at least one assignment.");
        }
        if (message.length() > NotifySocket.LONGEST_MESSAGE) {
            problems.add("The message has " + message.length() + " bytes, which systemd would ignore: give at most "
                    + NotifySocket.LONGEST_MESSAGE + ".");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join(" ", problems));
        }
        return message;
    }

    private static String nameOf(String name) {
        if (!DESCRIPTOR_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'" + name + "' names no descriptor: give 1 to 255 printable ASCII characters without ':'.");
        }
        return "FDNAME=" + name;
    }
}
