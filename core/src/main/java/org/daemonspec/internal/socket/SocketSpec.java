package org.daemonspec.internal.socket;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A stream socket that a daemon listens on.
 *
 * @param name what it is asked for by
 * @param address where
 * @param backlog how many connections may wait
 * @param mode of a UNIX socket's file; empty for the default
 * @param owner of it, name or number; empty for the daemon's user
 * @param group of it, name or number; empty for the daemon's group
 */
public record SocketSpec(
        String name,
        SocketAddress address,
        int backlog,
        OptionalInt mode,
        Optional<String> owner,
        Optional<String> group) {

    /** As much as the kernel allows, see listen(2). */
    public static final int DEFAULT_BACKLOG = 4096;

    /** Whom nobody but the owner may connect to. */
    public static final int DEFAULT_MODE = 0600;

    /** The address as messages have it. */
    public String text() {
        return text(address);
    }

    /** Whether it has a file. */
    public boolean isUnix() {
        return address instanceof UnixDomainSocketAddress;
    }

    /** The file of a UNIX socket, absolute. */
    public Path path() {
        return ((UnixDomainSocketAddress) address).getPath().toAbsolutePath();
    }

    /** Whether a socket that was opened for this specification may be bound to an address: a port 0, or a host's name, is any. */
    boolean isAt(SocketAddress bound) {
        if (address instanceof InetSocketAddress asked && bound instanceof InetSocketAddress internet) {
            int port = asked.getPort() == 0 ? internet.getPort() : asked.getPort();
            return isSame(
                    new InetSocketAddress(asked.isUnresolved() ? internet.getAddress() : asked.getAddress(), port),
                    bound);
        }
        return isSame(address, bound);
    }

    static String text(SocketAddress address) {
        return address instanceof InetSocketAddress internet
                ? host(internet) + ":" + internet.getPort()
                : address.toString();
    }

    private static String host(InetSocketAddress address) {
        if (address.isUnresolved()) {
            return address.getHostString();
        }
        if (address.getAddress().isAnyLocalAddress()) {
            return "*";
        }
        String host = address.getAddress().getHostAddress();
        return address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host;
    }

    /** Whether a socket that is bound to an address is one for another. A wildcard is a wildcard, in either version of IP. */
    static boolean isSame(SocketAddress one, SocketAddress other) {
        if (one instanceof InetSocketAddress a && other instanceof InetSocketAddress b) {
            return !a.isUnresolved()
                    && !b.isUnresolved()
                    && a.getPort() == b.getPort()
                    && (a.getAddress().isAnyLocalAddress()
                            ? b.getAddress().isAnyLocalAddress()
                            : a.getAddress().equals(b.getAddress()));
        }
        return one instanceof UnixDomainSocketAddress a
                && other instanceof UnixDomainSocketAddress b
                && a.getPath().toAbsolutePath().equals(b.getPath().toAbsolutePath());
    }
}
