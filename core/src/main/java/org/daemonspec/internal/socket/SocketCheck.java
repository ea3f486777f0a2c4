package org.daemonspec.internal.socket;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.SystemCallException;

/** What of a specification's sockets does not fit this machine, whoever starts the daemon. */
public final class SocketCheck {

    private SocketCheck() {}

    /** Adds the problems, each one sentence. */
    public static void addTo(List<String> problems, List<SocketSpec> specs) {
        for (SocketSpec spec : specs) {
            if (spec.address() instanceof InetSocketAddress internet) {
                checkHost(spec, internet, problems);
            } else {
                checkOwner(spec, problems);
            }
        }
    }

    /** What keeps a TCP socket from being bound, by binding one that never listens: so it is in nobody's way. */
    public static Optional<String> tryToBind(Posix posix, SocketSpec spec) {
        try {
            new InternetListener(posix, spec).bound().close();
            return Optional.empty();
        } catch (RefusedSocketException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** What keeps a UNIX socket's file from being made where it shall be: what is there, and whom it shall belong to. */
    public static Optional<String> obstacle(Posix posix, SocketSpec spec, Optional<ProcessContext.Identity> owner) {
        Optional<String> inTheWay = posix.status(ByteString.of(spec.path()))
                .flatMap(status -> UnixListener.obstacle(posix, spec, status, owner));
        return inTheWay.isPresent() ? inTheWay : SocketOwner.obstacle(posix, spec, owner);
    }

    private static void checkHost(SocketSpec spec, InetSocketAddress address, List<String> problems) {
        if (address.isUnresolved()) {
            try {
                InetAddress.getByName(address.getHostString());
            } catch (UnknownHostException e) {
                problems.add(InternetListener.unknownHost(spec));
            }
        }
    }

    private static void checkOwner(SocketSpec spec, List<String> problems) {
        try (Posix posix = Posix.open()) {
            SocketOwner.check(posix, spec, problems);
        } catch (SystemCallException e) {
            problems.add("listen " + spec.text() + ": " + e.getMessage() + "; see nsswitch.conf(5).");
        }
    }
}
