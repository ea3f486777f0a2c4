package org.daemonspec.internal.posix;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.daemonspec.bindings.Libc;
import org.daemonspec.bindings.sockaddr_un;

/**
 * What getsockopt(2) says of a descriptor that is a socket.
 *
 * @param isInternet whether it is one of IPv4 or IPv6
 * @param isListening whether connections can be accepted from it
 */
public record StreamSocket(boolean isInternet, boolean isListening) {

    /** Whether a descriptor of this process is a socket: a look that costs next to nothing. */
    public static boolean mayBe(int descriptor) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(descriptor)))
                    .toString()
                    .startsWith("socket:");
        } catch (IOException notOpen) {
            return false;
        }
    }

    /** What the descriptor is; empty if it is no stream socket. */
    public static Optional<StreamSocket> of(Posix posix, int descriptor) {
        if (option(posix, descriptor, Libc.SO_TYPE()) != Libc.SOCK_STREAM()) {
            return Optional.empty();
        }
        int family = family(posix, descriptor);
        return Optional.of(new StreamSocket(
                family == Libc.AF_INET() || family == Libc.AF_INET6(),
                option(posix, descriptor, Libc.SO_ACCEPTCONN()) != 0));
    }

    /** What every socket address begins with, see sockaddr(3type). */
    private static int family(Posix posix, int descriptor) {
        MemorySegment address = posix.allocate(sockaddr_un.sizeof(), Long.BYTES);
        MemorySegment length = lengthOf(posix, address);
        Posix.checked(
                posix.intCall(LibcFunction.GETSOCKNAME, descriptor, address.address(), length.address()),
                "getsockname",
                "descriptor " + descriptor);
        return sockaddr_un.sun_family(address);
    }

    private static int option(Posix posix, int descriptor, int option) {
        MemorySegment value = posix.allocate(ValueLayout.JAVA_INT.byteSize(), ValueLayout.JAVA_INT.byteAlignment());
        MemorySegment length = lengthOf(posix, value);
        Posix.checked(
                posix.intCall(
                        LibcFunction.GETSOCKOPT,
                        descriptor,
                        Libc.SOL_SOCKET(),
                        option,
                        value.address(),
                        length.address()),
                "getsockopt",
                "descriptor " + descriptor);
        return value.get(ValueLayout.JAVA_INT, 0);
    }

    private static MemorySegment lengthOf(Posix posix, MemorySegment value) {
        MemorySegment length = posix.allocate(ValueLayout.JAVA_INT.byteSize(), ValueLayout.JAVA_INT.byteAlignment());
        length.set(ValueLayout.JAVA_INT, 0, (int) value.byteSize());
        return length;
    }
}
