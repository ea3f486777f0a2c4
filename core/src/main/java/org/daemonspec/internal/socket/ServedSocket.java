package org.daemonspec.internal.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SocketCalls;
import org.jspecify.annotations.Nullable;

/**
 * A socket that a task listens on, before and after something of the JDK's has it. There is one descriptor at any time, so that
 * closing a server closes its port. Thread-safe.
 */
public final class ServedSocket {

    private final String name;
    private final SocketAddress address;
    private int descriptor;
    private @Nullable ServerSocketChannel channel;
    private @Nullable SocketAddress takenAt;

    ServedSocket(String name, SocketAddress address, int descriptor) {
        this.name = name;
        this.address = address;
        this.descriptor = descriptor;
    }

    /** What it is asked for by. */
    public String name() {
        return name;
    }

    /** What it is bound to, by the kernel's word. */
    public SocketAddress address() {
        return address;
    }

    /** The number that it has now. */
    public synchronized int descriptor() {
        return descriptor;
    }

    /** A channel of the JDK's that accepts on it, the same at each call. */
    public synchronized ServerSocketChannel channel() {
        if (channel == null) {
            requireFree();
            try (Posix posix = Posix.open()) {
                Placeholder.Exchanged made = Placeholder.exchange(posix, descriptor);
                descriptor = made.number();
                channel = made.channel();
            } catch (IOException e) {
                throw new UncheckedIOException("socket " + name + ": " + e.getMessage() + ".", e);
            }
        }
        return channel;
    }

    /** Puts it in the place of a socket that something in this process has bound. */
    public synchronized void takePlaceOf(SocketAddress bound) {
        requireFree();
        if (bound instanceof UnixDomainSocketAddress != address instanceof UnixDomainSocketAddress) {
            throw new IllegalArgumentException("socket " + name + " at " + SocketSpec.text(address)
                    + " cannot take the place of " + SocketSpec.text(bound)
                    + ": one is a UNIX socket, and the other is not; bind one of the same kind.");
        }
        try (Posix posix = Posix.open()) {
            SocketCalls calls = new SocketCalls(posix);
            List<Integer> numbers = DescriptorSearch.listeningAt(calls, bound);
            if (numbers.contains(descriptor)) {
                throw new IllegalArgumentException("socket " + name + " is the one that listens at "
                        + SocketSpec.text(bound)
                        + "; bind the server to port 0 of the loopback interface, and name that.");
            }
            if (numbers.size() != 1) {
                throw new IllegalArgumentException(
                        (numbers.isEmpty() ? "nothing" : numbers.size() + " sockets") + " of this process listens at "
                                + SocketSpec.text(bound) + "; give the address that the server was bound to by now.");
            }
            calls.moveOver(descriptor, numbers.getFirst());
            descriptor = numbers.getFirst();
            takenAt = bound;
        }
    }

    private void requireFree() {
        if (channel != null) {
            throw new IllegalStateException("socket " + name + " is a channel already; use that.");
        }
        if (takenAt != null) {
            throw new IllegalStateException("socket " + name + " has taken the place of " + SocketSpec.text(takenAt)
                    + " already; a socket is served by one server.");
        }
    }
}
