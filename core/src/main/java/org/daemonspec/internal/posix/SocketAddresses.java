package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.daemonspec.bindings.Libc;

/** Socket addresses as C has them, see ip(7), ipv6(7) and unix(7), and as Java has them. */
final class SocketAddresses {

    private static final int BYTES_OF_IPV6 = 16;
    private static final int LAST_OF_PREFIX = 10;
    private static final byte ONES = (byte) 0xFF;
    private static final int UNSIGNED = 0xFFFF;

    private SocketAddresses() {}

    /** For a socket of IPv4. */
    static MemorySegment internet(Posix posix, InetSocketAddress address) {
        MemorySegment memory = posix.allocate(CStruct.Sockaddr_in.SIZE, Long.BYTES);
        NativeMemory.putShort(memory, CStruct.Sockaddr_in.SIN_FAMILY, Libc.AF_INET());
        inNetworkOrder(memory).putShort(CStruct.Sockaddr_in.SIN_PORT, (short) address.getPort());
        byte[] bytes = address.getAddress() instanceof Inet4Address four ? four.getAddress() : new byte[4];
        NativeMemory.put(memory, CStruct.Sockaddr_in.SIN_ADDR, bytes);
        return memory;
    }

    /** For a socket of IPv6; an address of IPv4 is mapped, the wildcard is that of both. */
    static MemorySegment internet6(Posix posix, InetSocketAddress address) {
        MemorySegment memory = posix.allocate(Libc.SOCKADDR_IN6_SIZE(), Long.BYTES);
        NativeMemory.putShort(memory, CStruct.Sockaddr_in.SIN_FAMILY, Libc.AF_INET6());
        inNetworkOrder(memory).putShort(Libc.SOCKADDR_IN6_SIN6_PORT(), (short) address.getPort());
        NativeMemory.put(memory, Libc.SOCKADDR_IN6_SIN6_ADDR(), bytes6(address.getAddress()));
        int scope = address.getAddress() instanceof Inet6Address six ? six.getScopeId() : 0;
        NativeMemory.putInt(memory, Libc.SOCKADDR_IN6_SIN6_SCOPE_ID(), scope);
        return memory;
    }

    /** As ports are written. */
    private static ByteBuffer inNetworkOrder(MemorySegment memory) {
        return memory.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
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
        MemorySegment memory = posix.allocate(CStruct.Sockaddr_un.SUN_PATH + bytes.length + 1L, Long.BYTES);
        NativeMemory.putShort(memory, CStruct.Sockaddr_un.SUN_FAMILY, Libc.AF_UNIX());
        NativeMemory.put(memory, CStruct.Sockaddr_un.SUN_PATH, bytes);
        return memory;
    }

    /** What getsockname(2) left; an abstract name is written as systemd writes it, with {@code @} for its first byte. */
    static Optional<SocketAddress> read(MemorySegment memory, int length) {
        int family = NativeMemory.getShort(memory, CStruct.Sockaddr_in.SIN_FAMILY);
        if (family == Libc.AF_INET()) {
            return Optional.of(read(memory, CStruct.Sockaddr_in.SIN_PORT, CStruct.Sockaddr_in.SIN_ADDR, 4, 0));
        }
        if (family == Libc.AF_INET6()) {
            int scope = NativeMemory.getInt(memory, Libc.SOCKADDR_IN6_SIN6_SCOPE_ID());
            return Optional.of(
                    read(memory, Libc.SOCKADDR_IN6_SIN6_PORT(), Libc.SOCKADDR_IN6_SIN6_ADDR(), BYTES_OF_IPV6, scope));
        }
        return family == Libc.AF_UNIX() ? Optional.of(readUnix(memory, length)) : Optional.empty();
    }

    private static SocketAddress read(MemorySegment memory, int portOffset, int offset, int size, int scope) {
        byte[] bytes = NativeMemory.get(memory, offset, size);
        int port = inNetworkOrder(memory).getShort(portOffset) & UNSIGNED;
        try {
            InetAddress address =
                    scope == 0 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, scope);
            return new InetSocketAddress(address, port);
        } catch (UnknownHostException e) {
            throw new AssertionError("the length of an address is 4 or 16", e);
        }
    }

    private static SocketAddress readUnix(MemorySegment memory, int length) {
        int size = Math.max(0, length - CStruct.Sockaddr_un.SUN_PATH);
        byte[] bytes = NativeMemory.get(memory, CStruct.Sockaddr_un.SUN_PATH, size);
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
