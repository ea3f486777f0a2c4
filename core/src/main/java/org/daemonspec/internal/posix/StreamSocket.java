package org.daemonspec.internal.posix;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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
        SocketCalls calls = new SocketCalls(posix);
        return calls.isStream(descriptor)
                ? Optional.of(new StreamSocket(
                        calls.localAddress(descriptor)
                                .filter(InetSocketAddress.class::isInstance)
                                .isPresent(),
                        calls.isListening(descriptor)))
                : Optional.empty();
    }
}
