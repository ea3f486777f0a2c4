package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.Optional;
import org.daemonspec.internal.daemon.LogFile;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.FileStatus;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.RefusedContextException;

/**
 * Opens files for a daemon that becomes somebody else, with the launcher's rights: what the user could not have opened himself only if
 * nobody but those whom the launcher trusts decides what the path leads to. What is refused is refused by a look at the opened
 * file, which cannot be exchanged any more.
 *
 * @param owner whom the daemon becomes; empty if it stays who the launcher is, and then everything is trusted
 */
record TrustedFiles(Posix posix, Optional<ProcessContext.Identity> owner) {

    private static final int OTHERS_READ = 04;
    private static final int NOTHING = 0;

    /** To read, as stdin. */
    Descriptor openToRead(Path file) {
        Descriptor opened = posix.open(ByteString.of(file), OpenFor.READING, 0);
        return checked(opened, "stdin", file, OTHERS_READ);
    }

    /** To append to; one that is made belongs to the owner. */
    Descriptor openLog(Path file, int mode) {
        Path absolute = file.toAbsolutePath();
        Path parent = absolute.getParent();
        Optional<Path> weak = parent == null ? Optional.empty() : weakPlace(parent);
        if (parent == null || weak.isEmpty()) {
            return checked(LogFile.open(posix, ByteString.of(absolute), mode, owner), "log", file, NOTHING);
        }
        // The directory may be exchanged at any time, so it is held; what is made in it is made there, or not at all.
        try (Descriptor directory = posix.open(ByteString.of(parent), OpenFor.ENTERING, 0)) {
            if (posix.status(directory.number()).uid() != owner.orElseThrow().uid()) {
                throw refusal("log", file, weak.get());
            }
            String inside = "/proc/self/fd/" + directory.number() + "/"
                    + ByteString.of(absolute).substring(ByteString.of(absolute).lastIndexOf('/') + 1);
            return checked(LogFile.open(posix, inside, mode, owner), "log", file, NOTHING);
        }
    }

    /** Something is to be made there and given to the user, who must not be able to have it made elsewhere. */
    void checkPlace(String what, Path file) {
        Optional<Path> weak = weakPlace(file);
        if (weak.isPresent()) {
            throw refusal(what, file, weak.get());
        }
    }

    /** Why a file that has been opened is not to be read for the user, and what to do: a sentence without its end; empty if it may be. */
    Optional<String> whyNotToRead(Descriptor opened, Path file) {
        Optional<Path> weak = weakPlace(opened, file, OTHERS_READ);
        return weak.isPresent() ? Optional.of(reason(weak.get())) : Optional.empty();
    }

    private Descriptor checked(Descriptor opened, String what, Path file, int harmless) {
        try {
            Optional<Path> weak = weakPlace(opened, file, harmless);
            if (weak.isPresent()) {
                throw refusal(what, file, weak.get());
            }
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** Empty if the opened file is the user's own, or such that others may do as much, or out of the user's reach. */
    private Optional<Path> weakPlace(Descriptor opened, Path file, int harmless) {
        if (owner.isPresent()) {
            FileStatus status = posix.status(opened.number());
            if ((status.mode() & harmless) == 0 && status.uid() != owner.get().uid()) {
                return weakPlace(file);
            }
        }
        return Optional.empty();
    }

    private Optional<Path> weakPlace(Path file) {
        return owner.isPresent() && owner.get().uid() != 0
                ? WeakPlace.onTheWayTo(posix, file, Credentials.of(owner.get()))
                : Optional.empty();
    }

    private RefusedContextException refusal(String what, Path file, Path place) {
        return new RefusedContextException("open " + what + " " + file + ": " + reason(place));
    }

    private String reason(Path place) {
        return "EPERM (it does not belong to uid "
                + owner.map(ProcessContext.Identity::uid).orElse(0L) + ", who may decide in " + place
                + " what the path leads to); give it to that user, or name a file in a directory that only"
                + " root may change";
    }
}
