package org.daemonspec.internal.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.RefusedContextException;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.socket.SocketCheck;
import org.daemonspec.internal.socket.SocketSpec;

/** What opening a socket would stumble over, without opening it. That is for a plan: a start leaves the answer to the kernel. */
final class SocketProspects {

    private SocketProspects() {}

    /** The problems of one socket, each a sentence that begins with {@code listen} and its address. */
    static List<String> of(LaunchSpec spec, SocketSpec socket, Optional<ProcessContext.Identity> identity) {
        List<String> problems = new ArrayList<>();
        try (Posix posix = Posix.open()) {
            if (!socket.isUnix()) {
                SocketCheck.tryToBind(posix, socket).ifPresent(problems::add);
            } else if (!isYetToBeMade(spec, socket)) {
                directory(posix, socket, identity).ifPresent(problems::add);
                if (problems.isEmpty()) {
                    SocketCheck.obstacle(posix, socket, identity).ifPresent(problems::add);
                }
            }
        } catch (SystemCallException e) {
            problems.add("listen " + socket.text() + ": " + e.getMessage() + "; see that it can be looked at.");
        }
        return problems;
    }

    private static boolean isYetToBeMade(LaunchSpec spec, SocketSpec socket) {
        return WorkingDirectory.willBeMade(spec)
                && socket.path().startsWith(spec.workingDirectory().toAbsolutePath());
    }

    private static Optional<String> directory(
            Posix posix, SocketSpec socket, Optional<ProcessContext.Identity> identity) {
        Path directory = Objects.requireNonNull(socket.path().getParent(), "an absolute file has a parent");
        String subject = "listen " + socket.text() + ": ";
        if (!Files.isDirectory(directory)) {
            return Optional.of(subject
                    + (Files.exists(directory) ? "ENOTDIR (not a directory" : "ENOENT (no such directory") + ": "
                    + directory + "); make its directory first.");
        }
        try {
            new TrustedFiles(posix, identity).checkPlace("directory of a socket", directory);
        } catch (RefusedContextException e) {
            return Optional.of(subject + e.getMessage() + ".");
        }
        return FileAccess.obstacle(directory, Credentials.ofThisProcess(), FileAccess.WRITE | FileAccess.ENTER)
                .map(obstacle -> subject + "EACCES (this user may not make it, since " + obstacle
                        + "); choose a directory that this user may write, or start it as a user who may.");
    }
}
