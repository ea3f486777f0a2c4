package org.daemonspec.internal.socket;

import java.net.SocketAddress;
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
}
