package org.daemonspec;

import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Objects;
import org.daemonspec.internal.socket.ServedSocket;

/**
 * A stream socket that listens already when the task begins: opened for {@link DaemonSpec.Builder#listen(ListenSocket)} before the
 * daemon was started, or by a supervisor, see sd_listen_fds(3). Thread-safe.
 *
 * <p>It is served in one of three ways: by its {@link #channel()}; by a server that binds by itself and is made to serve this one,
 * see {@link #takePlaceOf}; or by native code, by its {@link #descriptor()}. Connections that come before somebody accepts them
 * wait in the backlog. Children do not inherit it.
 */
public final class DaemonSocket {

    private final ServedSocket socket;

    DaemonSocket(ServedSocket socket) {
        this.socket = socket;
    }

    /**
     * What it is asked for by: {@link ListenSocket#named}, whatever a supervisor calls it; of a socket that the specification does not have, the supervisor's name for it.
     *
     * @return the name
     */
    public String name() {
        return socket.name();
    }

    /**
     * The address that it is bound to, see getsockname(2), with the port that the kernel has chosen if 0 was asked for. An abstract
     * UNIX socket's is written with a leading {@code @}.
     *
     * @return a {@link java.net.InetSocketAddress} or a {@link java.net.UnixDomainSocketAddress}
     */
    public SocketAddress address() {
        return socket.address();
    }

    /**
     * The socket as a channel of the JDK's: accept(2) on any thread, a {@link java.nio.channels.Selector}, what takes a
     * {@code ServerSocketChannel}. Closing it closes the socket; the next connection is refused then. Only its
     * {@link ServerSocketChannel#getLocalAddress()} is not true, and so not what binds it again: the JDK makes channels of
     * sockets that it has bound itself, so this one was bound for a moment to a free port of the loopback interface, or to a file that is gone; {@link #address()} is
     * the true one. Connections know their true addresses.
     *
     * @return the channel, the same at each call
     * @throws IllegalStateException if it serves {@linkplain #takePlaceOf another server} already
     * @throws java.io.UncheckedIOException if a UNIX socket's cannot be made, because there is no directory ({@code java.io.tmpdir},
     *     {@code /tmp}, {@code /dev/shm}) in which this user may make a file
     */
    public ServerSocketChannel channel() {
        return socket.channel();
    }

    /**
     * The number under which this process has it, for native code and for {@code /proc/self/fd}. It is another one after
     * {@link #channel()} and {@link #takePlaceOf}.
     *
     * @return 3 or more
     */
    public int descriptor() {
        return socket.descriptor();
    }

    /**
     * Puts this socket in the place of one that a server has bound, by dup3(2): for servers that take no channel. The
     * server is bound to any free port, serves this socket from then on, and closes it when it is stopped:
     *
     * {@snippet :
     * HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
     * context.socket().takePlaceOf(server.getAddress());
     * server.start();
     * }
     *
     * <p>To be called before the server accepts or selects: epoll(7) keeps to the socket that was there when the server registered
     * it, so a server that has been started goes on waiting for the other one, and never answers. What the server believes its
     * address to be stays what it was bound to.
     *
     * @param bound the address that the server has bound, with its port; in this process exactly one socket listens there
     * @throws IllegalArgumentException if that is not so, or only one of the two is a UNIX socket
     * @throws IllegalStateException if this socket has become a channel or taken a place already
     */
    public void takePlaceOf(SocketAddress bound) {
        socket.takePlaceOf(Objects.requireNonNull(bound, "bound"));
    }

    /**
     * Name and address, for messages.
     *
     * @return such as {@code http (/127.0.0.1:8080)}
     */
    @Override
    public String toString() {
        return name() + " (" + address() + ")";
    }
}
