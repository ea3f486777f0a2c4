package org.daemonspec.internal.socket;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.daemonspec.internal.posix.Posix;
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
