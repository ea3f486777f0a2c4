package org.daemonspec.internal.pidfile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Errno;
import org.daemonspec.internal.posix.FileErrno;
import org.daemonspec.internal.posix.FileStatus;
import org.daemonspec.internal.posix.OwnPid;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.posix.UserDatabase;

/**
 * A pidfile that this process has locked with flock(2), as pidfile_open(3) of FreeBSD does it: the lock says that
 * somebody runs, the content says who.
 *
 * <p>The lock belongs to the open file description: it lives on in every process that inherits the descriptor, through
 * fork and exec, and is free when the last of them is gone, however it went. Closing this object lets go of this
 * process's descriptor only.
 *
 * <p>Not thread-safe: belongs to the thread of its {@link Posix}.
 */
public final class LockedPidfile implements AutoCloseable {

    private static final int MODE = 0644;
    private static final int WRITE_BESIDE_THE_OWNER = 022;
    private static final long ROOT = 0;

    private final Posix posix;
    private final Path path;
    private final String name;
    private final Descriptor file;
    private List<Path> madeDirectories = List.of();

    private LockedPidfile(Posix posix, Path path, String name, Descriptor file) {
        this.posix = posix;
        this.path = path;
        this.name = name;
        this.file = file;
    }

    /**
     * Locks the pidfile, made if need be, and reserves the disk space for a pid in it; empty if somebody else has the lock.
     *
     * @throws PidfileException if the path is no file that can be trusted, or cannot be written
     */
    static Optional<LockedPidfile> tryLock(Posix posix, Path path) {
        String name = ByteString.of(path);
        while (true) {
            Descriptor file = open(posix, name, Posix.OpenFor.LOCKING);
            try {
                FileStatus opened = trustworthy(posix, path, file);
                if (!lock(posix, name, file)) {
                    file.close();
                    return Optional.empty();
                }
                Optional<FileStatus> locked = behindPath(posix, name, opened);
                if (locked.isPresent()) {
                    LockedPidfile pidfile = new LockedPidfile(posix, path, name, file);
                    pidfile.initialize(locked.get());
                    return Optional.of(pidfile);
                }
                file.close(); // its last holder removed it between our open and our flock
            } catch (RuntimeException e) {
                if (e.getCause() instanceof SystemCallException) {
                    removeIfNew(posix, path, name, file);
                }
                file.close();
                throw e;
            }
        }
    }

    /**
     * What a start has made and could not lock goes, if it can be locked now: another start may have opened it meanwhile. A file
     * system that knows no locks keeps an empty file.
     */
    private static void removeIfNew(Posix posix, Path path, String name, Descriptor file) {
        try {
            FileStatus opened = trustworthy(posix, path, file);
            if (opened.size() == 0
                    && posix.tryLock(file, name)
                    && behindPath(posix, name, opened)
                            .filter(now -> now.size() == 0)
                            .isPresent()) {
                Files.deleteIfExists(path);
            }
        } catch (PidfileException | SystemCallException | IOException stays) {
            // who failed before says why
        }
    }

    private static boolean lock(Posix posix, String name, Descriptor file) {
        try {
            return posix.tryLock(file, name);
        } catch (SystemCallException e) {
            throw new PidfileException(
                            e.getMessage() + "; choose a pidfile on a local file system, such as one in /run.")
                    .because(e);
        }
    }

    /**
     * Removes a pidfile that nobody has locked; leaves it alone if somebody has. A shared lock keeps every start away
     * meanwhile without looking like one to whoever asks for the status; a mark sees to it that one removes at a time, and so
     * not its successor's.
     *
     * @throws PidfileException if the path is no file that can be trusted
     */
    public static void removeIfFree(Posix posix, Path path) {
        if (FileIdentity.ofPath(path).isEmpty()) {
            return;
        }
        String name = ByteString.of(path);
        try (Descriptor file = open(posix, name, Posix.OpenFor.UPDATING)) {
            FileStatus opened = trustworthy(posix, path, file);
            if (posix.tryLockByte(file, PidfileMark.REMOVING.offset())
                    && posix.tryLockShared(file, name)
                    && behindPath(posix, name, opened).isPresent()) {
                Files.deleteIfExists(path);
            }
        } catch (PidfileException e) {
            if (!e.isAbsent()) { // otherwise somebody else has removed it meanwhile
                throw e;
            }
        } catch (IOException mayNot) {
            throw new PidfileException("unlink " + path + ": " + FileErrno.of(mayNot) + "; remove it by hand.");
        }
    }

    /** The descriptor that carries the lock, to be inherited by the daemon. */
    public Descriptor descriptor() {
        return file;
    }

    /** Makes the pid the file's content. */
    public void write(long pid) {
        byte[] content = PidfileContent.of(pid);
        posix.writeAtStart(file, content, name);
        posix.truncate(file, content.length, name);
    }

    /** Says that the daemon is ready, when it is not the one to say so. */
    public void markReady() {
        markReady(posix, file, path);
    }

    /**
     * Writing what is there changes nothing and is an event to whoever waits; it needs no other right than the descriptor. If it
     * fails, they see it a second later.
     */
    static void markReady(Posix posix, Descriptor file, Path path) {
        posix.unlockByte(file, PidfileMark.STARTING.offset());
        try {
            posix.writeAtStart(file, posix.readAtStart(file, PidfileContent.MOST_BYTES), ByteString.of(path));
        } catch (SystemCallException withoutEvent) {
            // as said above
        }
    }

    /**
     * Makes this process the instance: its pid is the content, and the descriptor, with the lock, stays for the rest of its
     * life.
     */
    public HeldPidfile hold() {
        try {
            write(OwnPid.get());
        } catch (SystemCallException e) {
            remove();
            close();
            throw e;
        }
        return new HeldPidfile(path.toAbsolutePath(), file.release());
    }

    /** Removes the file, if the path still leads to it, while it is locked: for a start that failed. */
    public void remove() {
        if (behindPath(posix, name, posix.status(file.number())).isPresent()) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                posix.truncate(file, 0, name); // the directory may be read-only for us: then it is at least empty
            }
        }
        PidfileDirectory.remove(madeDirectories); // also if the daemon has removed its file itself
    }

    /** What was made for this file goes with it. */
    void removeDirectoriesToo(List<Path> made) {
        madeDirectories = made;
    }

    @Override
    public void close() {
        file.close();
    }

    private void initialize(FileStatus found) {
        try {
            posix.tryLockByte(file, PidfileMark.STARTING.offset());
            if (found.mode() != MODE) {
                posix.changeMode(file, MODE, name);
            }
            byte[] blanks = PidfileContent.reservation();
            posix.writeAtStart(file, blanks, name);
            if (found.size() > blanks.length) {
                posix.truncate(file, blanks.length, name);
            }
        } catch (SystemCallException e) {
            remove();
            throw new PidfileException(
                            e.getMessage() + "; make the pidfile " + path + " writable, with room on its disk.")
                    .because(e);
        }
    }

    private static Descriptor open(Posix posix, String name, Posix.OpenFor purpose) {
        try {
            return posix.open(name, purpose, MODE);
        } catch (SystemCallException e) {
            String sentence = e.getMessage() + "; " + advice(e);
            throw (e.is(Errno.ENOENT) ? PidfileException.absent(sentence) : new PidfileException(sentence)).because(e);
        }
    }

    static String advice(SystemCallException e) {
        if (e.is(Errno.ELOOP)) {
            return "a pidfile may not be a symbolic link: name the file itself.";
        }
        if (e.is(Errno.EISDIR)) {
            return "a pidfile is a file: name one in that directory.";
        }
        if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
            return "make the pidfile's directory first.";
        }
        if (e.is(Errno.EACCES) || e.is(Errno.EPERM)) {
            return "choose a directory that this user may write, or start it as a user who may.";
        }
        if (e.isShortOfDescriptors() || e.isShortOfSpace() || e.is(Errno.ENOMEM) || e.is(Errno.EROFS)) {
            return e.advice().substring("; ".length());
        }
        return "choose another path for the pidfile.";
    }

    /** What was opened; a file that others may write, or that is no file, proves nothing. */
    private static FileStatus trustworthy(Posix posix, Path path, Descriptor file) {
        FileStatus status = status(posix, path, file);
        if (!status.isRegular()) {
            throw new PidfileException(
                    "open " + path + ": not a regular file; name a pidfile that is one, or does not exist yet.");
        }
        if (status.uid() != ROOT && status.uid() != posix.effectiveUser()) {
            throw new PidfileException("open " + path + ": it belongs to " + nameOf(posix, status.uid())
                    + ", who could write any pid into it; remove it, or choose another path.");
        }
        if (status.size() > PidfileContent.MOST_BYTES && !PidfileContent.isNumberOfAnyLength(posix, file)) {
            throw new PidfileException("open " + path + ": its " + status.size()
                    + " bytes are no pidfile's; choose another path, or remove it if it is of no use.");
        }
        if ((status.mode() & WRITE_BESIDE_THE_OWNER) != 0) {
            throw new PidfileException("open " + path + ": " + PidfileTrust.writersBesideTheOwner(status.mode())
                    + " is allowed, so its content cannot be trusted; remove it or chmod it to 0644.");
        }
        return status;
    }

    private static FileStatus status(Posix posix, Path path, Descriptor file) {
        try {
            return posix.status(file.number());
        } catch (SystemCallException e) {
            throw new PidfileException("statx " + path + ": " + e.errno() + "; " + advice(e)).because(e);
        }
    }

    private static String nameOf(Posix posix, long uid) {
        Optional<UserDatabase.User> user = new UserDatabase(posix).user(uid);
        return user.isPresent() ? user.get().name() : Long.toString(uid);
    }

    /** The opened file as it is now, if the path leads to it. */
    private static Optional<FileStatus> behindPath(Posix posix, String name, FileStatus opened) {
        try {
            Optional<FileStatus> behind = posix.status(name);
            return behind.isPresent() && behind.get().isSameFileAs(opened) ? behind : Optional.empty();
        } catch (SystemCallException outOfReach) {
            return Optional.empty(); // who opens it again learns why
        }
    }
}
