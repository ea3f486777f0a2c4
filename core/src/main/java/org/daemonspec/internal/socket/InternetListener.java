package org.daemonspec.internal.socket;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SocketCalls;
import org.daemonspec.internal.posix.SocketCalls.Family;
import org.daemonspec.internal.posix.SystemCallException;

/** Opens a TCP socket as the JDK would: the wildcard is that of both versions of IP where there are two. */
record InternetListener(Posix posix, SocketSpec spec) {

    /** Lists the addresses of IPv6 that there are. */
    private static final Path INTERNET6_ADDRESSES = Path.of("/proc/net/if_inet6");

    ListenSockets.Opened open() {
        Descriptor socket = bound();
        try {
            new SocketCalls(posix).listen(socket, spec.backlog());
            return new ListenSockets.Opened(spec.name(), socket, Optional.empty());
        } catch (SystemCallException e) {
            socket.close();
            throw refusal(e);
        }
    }

    /** One that does not listen yet. */
    Descriptor bound() {
        SocketCalls calls = new SocketCalls(posix);
        InetSocketAddress address = resolved((InetSocketAddress) spec.address());
        Family family = family(address.getAddress());
        try {
            Descriptor socket = calls.stream(family);
            try {
                calls.reuseAddress(socket);
                if (family == Family.INTERNET6 && address.getAddress().isAnyLocalAddress()) {
                    calls.acceptBothVersions(socket);
                }
                calls.bind(socket, address, family);
                return socket;
            } catch (RuntimeException e) {
                socket.close();
                throw e;
            }
        } catch (SystemCallException e) {
            throw refusal(e);
        }
    }

    private RefusedSocketException refusal(SystemCallException e) {
        return new RefusedSocketException("listen " + spec.text() + ": " + e.errno() + advice(e), e);
    }

    private InetSocketAddress resolved(InetSocketAddress address) {
        if (!address.isUnresolved()) {
            return address;
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(address.getHostString()), address.getPort());
        } catch (UnknownHostException e) {
            throw new RefusedSocketException(unknownHost(spec), e);
        }
    }

    static String unknownHost(SocketSpec spec) {
        return "listen " + spec.text() + ": no address is known for the host "
                + ((InetSocketAddress) spec.address()).getHostString()
                + "; name another, give its address, or see resolv.conf(5).";
    }

    private static Family family(InetAddress address) {
        boolean six = address.isAnyLocalAddress() ? hasInternet6() : address instanceof Inet6Address;
        return six ? Family.INTERNET6 : Family.INTERNET;
    }

    private static boolean hasInternet6() {
        try {
            return !Boolean.getBoolean("java.net.preferIPv4Stack")
                    && Files.readAllBytes(INTERNET6_ADDRESSES).length > 0;
        } catch (IOException noInternet6) {
            return false;
        }
    }

    private static String advice(SystemCallException e) {
        if (e.is(Errno.EADDRINUSE)) {
            return "; stop who listens there (ss -ltnp tells who), or choose another port.";
        }
        if (e.is(Errno.EACCES)) {
            return "; ports below /proc/sys/net/ipv4/ip_unprivileged_port_start are for root and CAP_NET_BIND_SERVICE:"
                    + " start it as root, with user(...) to be somebody else then, or choose a higher port.";
        }
        if (e.is(Errno.EADDRNOTAVAIL)) {
            return "; this machine has no such address (ip address tells which): choose one of its own, or all of"
                    + " them.";
        }
        if (e.is(Errno.EAFNOSUPPORT)) {
            return "; this kernel has no IPv6: choose an address of IPv4.";
        }
        if (e.is(Errno.EMFILE) || e.is(Errno.ENFILE)) {
            return "; raise RLIMIT_NOFILE (ulimit -n).";
        }
        return "; see bind(2).";
    }
}
