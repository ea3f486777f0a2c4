package org.daemonspec.internal.socket;

import java.nio.file.Path;
import java.util.Optional;
import org.daemonspec.internal.posix.ProcessContext;

/** For whom sockets are opened, and where their files may be. */
public interface Place {

    /** Whom the daemon becomes; empty if it stays who opens the sockets. */
    Optional<ProcessContext.Identity> owner();

    /**
     * Somebody's rights are used to make something in a directory.
     *
     * @throws RuntimeException if others could decide which directory that is; the message says so
     */
    void check(Path directory);
}
