package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.daemonspec.bindings.Libc;
import org.daemonspec.bindings.in_addr;
import org.daemonspec.bindings.sockaddr_in;
import org.daemonspec.bindings.sockaddr_un;

/** Socket addresses as C has them, see ip(7), ipv6(7) and unix(7), and as Java has them. */
final class SocketAddresses {

    /** Ports and addresses are in network byte order. */
    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final int BYTES_OF_IPV6 = 16;
    private static final int LAST_OF_PREFIX = 10;
    private static final byte ONES = (byte) 0xFF;
    private static final int UNSIGNED = 0xFFFF;

    private SocketAddresses() {}

    /** For a socket of IPv4. */
    static MemorySegment internet(Posix posix, InetSocketAddress address) {
        MemorySegment memory = posix.allocate(sockaddr_in.sizeof(), Long.BYTES);
        sockaddr_in.sin_family(memory, (short) Libc.AF_INET());
        memory.set(PORT, sockaddr_in.sin_port$offset(), (short) address.getPort());
        byte[] bytes = address.getAddress() instanceof Inet4Address four ? four.getAddress() : new byte[4];
        MemorySegment.copy(
                bytes, 0, memory, ValueLayout.JAVA_BYTE, sockaddr_in.sin_addr$offset(), (int) in_addr.sizeof());
        return memory;
    }

    /** For a socket of IPv6; an address of IPv4 is mapped, the wildcard is that of both. */
    static MemorySegment internet6(Posix posix, InetSocketAddress address) {
        MemorySegment memory = posix.allocate(Libc.SOCKADDR_IN6_SIZE(), Long.BYTES);
        sockaddr_in.sin_family(memory, (short) Libc.AF_INET6());
        memory.set(PORT, Libc.SOCKADDR_IN6_SIN6_PORT(), (short) address.getPort());
        MemorySegment.copy(
                bytes6(address.getAddress()), 0, memory, ValueLayout.JAVA_BYTE, Libc.SOCKADDR_IN6_SIN6_ADDR(), 16);
        int scope = address.getAddress() instanceof Inet6Address six ? six.getScopeId() : 0;
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, Libc.SOCKADDR_IN6_SIN6_SCOPE_ID(), scope);
        return memory;
    }

    private static byte[] bytes6(InetAddress address) {
        byte[] bytes = new byte[BYTES_OF_IPV6];
        if (address.isAnyLocalAddress()) {
            return bytes;
        }
        if (address instanceof Inet6Address) {
            return address.getAddress();
        }
        bytes[LAST_OF_PREFIX] = ONES;
        bytes[LAST_OF_PREFIX + 1] = ONES;
        System.arraycopy(address.getAddress(), 0, bytes, LAST_OF_PREFIX + 2, BYTES_OF_IPV6 - LAST_OF_PREFIX - 2);
        return bytes;
    }

    /** For a UNIX socket: as long as the path needs, with the byte that ends it. */
    static MemorySegment unix(Posix posix, String path) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        long size = sockaddr_un.sun_path$offset() + bytes.length + 1;
        MemorySegment memory = posix.allocate(size, Long.BYTES);
        memory.set(ValueLayout.JAVA_SHORT, sockaddr_un.sun_family$offset(), (short) Libc.AF_UNIX());
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, sockaddr_un.sun_path$offset(), bytes.length);
        return memory;
    }

    /** What getsockname(2) left; an abstract name is written as systemd writes it, with {@code @} for its first byte. */
    static Optional<SocketAddress> read(MemorySegment memory, int length) {
        int family = memory.get(ValueLayout.JAVA_SHORT, 0);
        if (family == Libc.AF_INET()) {
            return Optional.of(read(memory, sockaddr_in.sin_port$offset(), sockaddr_in.sin_addr$offset(), 4, 0));
        }
        if (family == Libc.AF_INET6()) {
            int scope = memory.get(ValueLayout.JAVA_INT_UNALIGNED, Libc.SOCKADDR_IN6_SIN6_SCOPE_ID());
            return Optional.of(
                    read(memory, Libc.SOCKADDR_IN6_SIN6_PORT(), Libc.SOCKADDR_IN6_SIN6_ADDR(), BYTES_OF_IPV6, scope));
        }
        return family == Libc.AF_UNIX() ? Optional.of(readUnix(memory, length)) : Optional.empty();
    }

    private static SocketAddress read(MemorySegment memory, long portOffset, long offset, int size, int scope) {
        byte[] bytes = memory.asSlice(offset, size).toArray(ValueLayout.JAVA_BYTE);
        int port = memory.get(PORT, portOffset) & UNSIGNED;
        try {
            InetAddress address =
                    scope == 0 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, scope);
            return new InetSocketAddress(address, port);
        } catch (UnknownHostException e) {
            throw new AssertionError("the length of an address is 4 or 16", e);
        }
    }

    private static SocketAddress readUnix(MemorySegment memory, int length) {
        int size = (int) Math.max(0, length - sockaddr_un.sun_path$offset());
        byte[] bytes = memory.asSlice(sockaddr_un.sun_path$offset(), size).toArray(ValueLayout.JAVA_BYTE);
        if (size > 0 && bytes[0] == 0) {
            bytes[0] = '@';
        }
        String path = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = path.indexOf('\0');
        String name = end < 0 ? path : path.substring(0, end);
        return name.startsWith("/")
                ? UnixDomainSocketAddress.of(ByteString.toPath(name))
                : UnixDomainSocketAddress.of(ByteString.decode(name));
    }
}
