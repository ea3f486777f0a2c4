package org.daemonspec.internal.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.bindings.Libc;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.FileStatus;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.ProcStatus;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.SocketCalls;
import org.daemonspec.internal.posix.SocketCalls.Family;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * Opens a UNIX socket with its file, see unix(7). The directory is held while that goes on, so that it is one directory all the
 * time; the file is given away by a descriptor that names it, never by its path, and nobody can connect before it is complete.
 */
record UnixListener(Posix posix, SocketSpec spec, Place place) {

    static final String ONLY_ROOT_GIVES =
            "; only root may give a file to another user, or to a group that one is not in.";

    private static final int UNCHANGED = -1;
    private static final int OWNER_ALONE = 0600;

    ListenSockets.Opened open() {
        Path path = spec.path();
        try {
            Path parent = Objects.requireNonNull(path.getParent(), "an absolute file has a parent");
            place.check(parent);
            try (Descriptor directory = posix.open(ByteString.of(parent), OpenFor.ENTERING, 0)) {
                String text = ByteString.of(path);
                String inside = "/proc/self/fd/" + directory.number() + "/" + text.substring(text.lastIndexOf('/') + 1);
                removeIfStale(inside);
                return open(path, inside);
            }
        } catch (SystemCallException e) {
            throw new RefusedSocketException("listen " + path + ": " + e.errno() + advice(e), e);
        }
    }

    private ListenSockets.Opened open(Path path, String inside) {
        SocketCalls calls = new SocketCalls(posix);
        Descriptor socket = calls.stream(Family.UNIX);
        Optional<SocketFile> file = Optional.empty();
        try {
            int mode = spec.mode().orElse(SocketSpec.DEFAULT_MODE);
            posix.changeMode(socket, mode & OWNER_ALONE, ""); // bind(2) makes the file with this, less the umask
            calls.bind(socket, ByteString.of(path));
            file = Optional.of(adjust(path, inside, mode));
            calls.listen(socket, spec.backlog());
            return new ListenSockets.Opened(spec.name(), socket, file);
        } catch (RuntimeException e) {
            file.ifPresent(SocketFile::remove);
            socket.close();
            throw e;
        }
    }

    /** Owner first, so that a group never has the rights that are meant for another one. */
    private SocketFile adjust(Path path, String inside, int mode) {
        try (Descriptor file = posix.open(inside, OpenFor.HOLDING, 0)) {
            FileStatus status = posix.status(file.number());
            requireNew(path, status);
            SocketFile made = SocketFile.of(path, status);
            try {
                SocketOwner owner = SocketOwner.of(posix, spec, place.owner());
                if (owner.uid().isPresent() || owner.gid().isPresent()) {
                    posix.changeOwnerOfHeld(file, number(owner.uid()), number(owner.gid()), ByteString.of(path));
                }
                posix.changeModeOfHeld(file, mode, ByteString.of(path));
                return made;
            } catch (RuntimeException e) {
                made.remove();
                throw e;
            }
        }
    }

    /** A second name is one that somebody has given an older file, to have that one's owner changed. */
    static void requireNew(Path path, FileStatus status) {
        if (status.type() != Libc.S_IFSOCK()
                || status.links() != 1
                || status.uid() != ProcStatus.ofThisProcess().effectiveUid()) {
            throw new RefusedSocketException("listen " + path
                    + ": EPERM (somebody has put another file in its place); see who may write its directory.");
        }
    }

    private static long number(OptionalLong id) {
        return id.orElse(UNCHANGED);
    }

    /** What a daemon that was killed has left behind, and nothing else. */
    private void removeIfStale(String inside) {
        Optional<FileStatus> status = posix.status(inside);
        if (status.isEmpty()) {
            return;
        }
        obstacle(posix, spec, status.get(), place.owner()).ifPresent(sentence -> {
            throw new RefusedSocketException(sentence);
        });
        try {
            Files.deleteIfExists(Path.of("/proc/self/fd").resolve(inside.substring("/proc/self/fd/".length())));
        } catch (IOException e) {
            throw new RefusedSocketException(
                    "listen " + spec.path() + ": a socket that nobody listens at cannot be removed: " + e
                            + "; remove it, or start it as a user who may.",
                    e);
        }
    }

    /** What speaks against replacing what is there; empty if it is a stale socket of somebody who is trusted. */
    static Optional<String> obstacle(
            Posix posix, SocketSpec spec, FileStatus status, Optional<ProcessContext.Identity> owner) {
        String subject = "listen " + spec.path() + ": EADDRINUSE ";
        if (status.type() != Libc.S_IFSOCK()) {
            return Optional.of(
                    subject + "(what is there is no socket); remove it if nobody needs it, or choose another path.");
        }
        if (new SocketCalls(posix).hasListener(ByteString.of(spec.path()))) {
            return Optional.of(
                    subject + "(somebody listens there); stop who it is (ss -lxp tells), or choose another path.");
        }
        boolean trusted = status.uid() == 0
                || status.uid() == ProcStatus.ofThisProcess().effectiveUid()
                || owner.filter(user -> user.uid() == status.uid()).isPresent()
                || SocketOwner.isNamedOwner(posix, spec, status.uid());
        return trusted
                ? Optional.empty()
                : Optional.of(subject + "(a socket of uid " + status.uid()
                        + ", which is none of this daemon's); remove it if nobody needs it, or choose another path.");
    }

    private static String advice(SystemCallException e) {
        if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
            return "; make its directory first.";
        }
        if (e.is(Errno.EACCES)) {
            return "; choose a directory that this user may write, or start it as a user who may.";
        }
        if (e.is(Errno.EPERM)) {
            return ONLY_ROOT_GIVES;
        }
        if (e.is(Errno.EADDRINUSE)) {
            return "; somebody else has just made it: start one of the two.";
        }
        if (e.is(Errno.EMFILE) || e.is(Errno.ENFILE)) {
            return "; raise RLIMIT_NOFILE (ulimit -n).";
        }
        return "; see unix(7).";
    }
}
