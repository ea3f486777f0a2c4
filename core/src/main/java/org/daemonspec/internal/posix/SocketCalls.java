package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;
import org.daemonspec.bindings.Libc;

/** The system calls for stream sockets, as those of {@link Posix}, whose memory and thread they share. */
public final class SocketCalls {

    /** Which addresses a socket has, see address_families(7). */
    public enum Family {
        INTERNET,
        INTERNET6,
        UNIX;

        int number() {
            return switch (this) {
                case INTERNET -> Libc.AF_INET();
                case INTERNET6 -> Libc.AF_INET6();
                case UNIX -> Libc.AF_UNIX();
            };
        }
    }

    private static final int MOST_BYTES_OF_ADDRESS = 128; // sizeof(struct sockaddr_storage)

    private final Posix posix;

    /** Calls that are made on this thread. */
    public SocketCalls(Posix posix) {
        this.posix = posix;
    }

    /** socket(2) of type SOCK_STREAM, close-on-exec. */
    public Descriptor stream(Family family) {
        int type = Libc.SOCK_STREAM() | Libc.SOCK_CLOEXEC();
        int fd = posix.intCall(LibcFunction.SOCKET, family.number(), type, 0);
        return posix.inherited(Posix.checked(fd, "socket", family.toString()));
    }

    /** Has an address usable whose last connections are still being wound up, see SO_REUSEADDR in socket(7). */
    public void reuseAddress(Descriptor socket) {
        setOption(socket, Libc.SOL_SOCKET(), Libc.SO_REUSEADDR(), 1);
    }

    /** Has an IPv6 socket accept IPv4 as well, see IPV6_V6ONLY in ipv6(7). */
    public void acceptBothVersions(Descriptor socket) {
        setOption(socket, Libc.IPPROTO_IPV6(), Libc.IPV6_V6ONLY(), 0);
    }

    private void setOption(Descriptor socket, int level, int option, int value) {
        MemorySegment memory = posix.allocate(Integer.BYTES, Integer.BYTES);
        NativeMemory.putInt(memory, 0, value);
        int result = posix.intCall(
                LibcFunction.SETSOCKOPT, socket.number(), level, option, memory.address(), memory.byteSize());
        Posix.checked(result, "setsockopt", "option " + option);
    }

    /** bind(2). */
    public void bind(Descriptor socket, InetSocketAddress address, Family family) {
        bind(
                socket,
                family == Family.INTERNET6
                        ? SocketAddresses.internet6(posix, address)
                        : SocketAddresses.internet(posix, address));
    }

    /** bind(2) of a UNIX socket, which makes the file. */
    public void bind(Descriptor socket, String path) {
        bind(socket, SocketAddresses.unix(posix, path));
    }

    private void bind(Descriptor socket, MemorySegment address) {
        int result = posix.intCall(LibcFunction.BIND, socket.number(), address.address(), address.byteSize());
        Posix.checked(result, "bind", "");
    }

    /** listen(2). */
    public void listen(Descriptor socket, int backlog) {
        Posix.checked(posix.intCall(LibcFunction.LISTEN, socket.number(), backlog), "listen", "");
    }

    /**
     * Whether somebody listens at a UNIX socket, by a connect(2) that does not wait.
     *
     * @return false for ECONNREFUSED, which is what a file says that nobody has bound
     */
    public boolean hasListener(String path) {
        try (Descriptor socket = stream(Family.UNIX)) {
            posix.setNonBlocking(socket.number(), true);
            MemorySegment address = SocketAddresses.unix(posix, path);
            int result = posix.intCall(LibcFunction.CONNECT, socket.number(), address.address(), address.byteSize());
            return result != -Libc.ECONNREFUSED();
        }
    }

    /** The address that a socket is bound to, see getsockname(2); empty if it is no such socket, or has none. */
    public Optional<SocketAddress> localAddress(int descriptor) {
        MemorySegment address = posix.allocate(MOST_BYTES_OF_ADDRESS, Long.BYTES);
        MemorySegment length = posix.allocate(Integer.BYTES, Integer.BYTES);
        NativeMemory.putInt(length, 0, MOST_BYTES_OF_ADDRESS);
        int result = posix.intCall(LibcFunction.GETSOCKNAME, descriptor, address.address(), length.address());
        return result < 0 ? Optional.empty() : SocketAddresses.read(address, NativeMemory.getInt(length, 0));
    }

    /** The family of a socket; empty if it is another one, or none. */
    public Optional<Family> family(int descriptor) {
        return localAddress(descriptor).map(address -> switch (address) {
            case UnixDomainSocketAddress unix -> Family.UNIX;
            default -> isInternet6(descriptor) ? Family.INTERNET6 : Family.INTERNET;
        });
    }

    /** Only such a socket knows the option, whatever its address looks like. */
    private boolean isInternet6(int descriptor) {
        return option(descriptor, Libc.IPPROTO_IPV6(), Libc.IPV6_V6ONLY()).isPresent();
    }

    /** Whether a descriptor is a stream socket, see SO_TYPE in socket(7). */
    public boolean isStream(int descriptor) {
        return option(descriptor, Libc.SOL_SOCKET(), Libc.SO_TYPE())
                .filter(type -> type == Libc.SOCK_STREAM())
                .isPresent();
    }

    /** Whether a descriptor is a socket that listens, see SO_ACCEPTCONN in socket(7). */
    public boolean isListening(int descriptor) {
        Optional<Integer> listens = option(descriptor, Libc.SOL_SOCKET(), Libc.SO_ACCEPTCONN());
        return listens.isPresent() && listens.get() != 0;
    }

    private Optional<Integer> option(int descriptor, int level, int option) {
        MemorySegment value = posix.allocate(Integer.BYTES, Integer.BYTES);
        MemorySegment length = posix.allocate(Integer.BYTES, Integer.BYTES);
        NativeMemory.putInt(length, 0, Integer.BYTES);
        int result =
                posix.intCall(LibcFunction.GETSOCKOPT, descriptor, level, option, value.address(), length.address());
        return result < 0 ? Optional.empty() : Optional.of(NativeMemory.getInt(value, 0));
    }

    /**
     * Puts a socket in the place of another descriptor: dup3(2), after O_NONBLOCK has been made what whoever has the other
     * one believes it to be. The first descriptor is closed.
     */
    public void moveOver(int source, int target) {
        posix.setNonBlocking(source, (posix.statusFlags(target) & Libc.O_NONBLOCK()) != 0);
        posix.duplicateOver(source, target);
        posix.close(source);
    }
}
