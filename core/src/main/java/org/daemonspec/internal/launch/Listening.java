package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.socket.ListenSockets;
import org.daemonspec.internal.socket.Place;
import org.daemonspec.internal.socket.SocketSpec;

/** Opens the sockets of a daemon with this process's rights, for whom it becomes. */
public final class Listening {

    private Listening() {}

    /**
     * Opens them all.
     *
     * @throws org.daemonspec.internal.socket.RefusedSocketException if that is not possible
     * @throws org.daemonspec.internal.posix.RefusedContextException if a UNIX socket's file would be in a place where whoever the
     *     daemon becomes could have it made elsewhere
     */
    public static ListenSockets open(Posix posix, List<SocketSpec> specs, ProcessContext context) {
        return ListenSockets.open(posix, specs, new Trusted(posix, context.identity()));
    }

    private record Trusted(Posix posix, Optional<ProcessContext.Identity> owner) implements Place {

        @Override
        public void check(Path directory) {
            new TrustedFiles(posix, owner).checkPlace("directory of a socket", directory);
        }
    }
}
