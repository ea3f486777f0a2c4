package org.daemonspec;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.daemonspec.internal.socket.SocketSpec;

/**
 * A socket that a daemon listens on, see {@link DaemonSpec.Builder#listen(ListenSocket)}. Immutable and thread-safe.
 *
 * {@snippet :
 * ListenSocket.at(new InetSocketAddress(443)).named("https")
 * ListenSocket.at(UnixDomainSocketAddress.of("/run/echo/echo.sock")).mode(0660).group("www-data")
 * }
 */
public final class ListenSocket {

    private final SocketSpec spec;

    private ListenSocket(SocketSpec spec) {
        this.spec = spec;
    }

    /**
     * A stream socket, named after its port, or after its file.
     *
     * @param address an {@link InetSocketAddress} or a {@link UnixDomainSocketAddress}
     * @return the socket with every default
     */
    public static ListenSocket at(SocketAddress address) {
        return new ListenSocket(new SocketSpec(
                nameOf(Objects.requireNonNull(address, "address")),
                address,
                SocketSpec.DEFAULT_BACKLOG,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty()));
    }

    /**
     * What the task asks for it by, and what a systemd unit calls it in {@code FileDescriptorName=}. Default: the port, or the
     * last component of the path.
     *
     * @param name 1 to 255 printable ASCII characters without {@code :}
     * @return this socket with another name
     */
    public ListenSocket named(String name) {
        return new ListenSocket(new SocketSpec(
                Objects.requireNonNull(name, "name"),
                spec.address(),
                spec.backlog(),
                spec.mode(),
                spec.owner(),
                spec.group()));
    }

    /**
     * How many connections may wait to be accepted, see listen(2); the kernel makes it {@code net.core.somaxconn} at most.
     * Default: {@value SocketSpec#DEFAULT_BACKLOG}, which is that.
     *
     * @param connections more than zero
     * @return this socket with another backlog
     */
    public ListenSocket backlog(int connections) {
        return new ListenSocket(
                new SocketSpec(spec.name(), spec.address(), connections, spec.mode(), spec.owner(), spec.group()));
    }

    /**
     * The mode of a UNIX socket's file, whatever the umask: who may write it may connect, see unix(7). Default: 0600.
     *
     * @param mode 0 to 0777, in Java an octal literal such as {@code 0660}
     * @return this socket with another mode
     */
    public ListenSocket mode(int mode) {
        return new ListenSocket(new SocketSpec(
                spec.name(), spec.address(), spec.backlog(), OptionalInt.of(mode), spec.owner(), spec.group()));
    }

    /**
     * Whom a UNIX socket's file belongs to. Default: the daemon's user.
     *
     * @param user name or number
     * @return this socket with another owner
     */
    public ListenSocket owner(String user) {
        return new ListenSocket(new SocketSpec(
                spec.name(),
                spec.address(),
                spec.backlog(),
                spec.mode(),
                Optional.of(Objects.requireNonNull(user, "user")),
                spec.group()));
    }

    /**
     * The group of a UNIX socket's file. Default: the daemon's group.
     *
     * @param group name or number
     * @return this socket with another group
     */
    public ListenSocket group(String group) {
        return new ListenSocket(new SocketSpec(
                spec.name(),
                spec.address(),
                spec.backlog(),
                spec.mode(),
                spec.owner(),
                Optional.of(Objects.requireNonNull(group, "group"))));
    }

    SocketSpec spec() {
        return spec;
    }

    private static String nameOf(SocketAddress address) {
        if (address instanceof InetSocketAddress internet) {
            return Integer.toString(internet.getPort());
        }
        if (address instanceof UnixDomainSocketAddress unix) {
            Path file = unix.getPath().getFileName();
            return file == null ? "" : file.toString();
        }
        return address.toString();
    }
}
