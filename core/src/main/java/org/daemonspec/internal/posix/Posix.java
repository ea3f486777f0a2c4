package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.daemonspec.bindings.Libc;

/**
 * The system calls that daemonspec makes, in C's shape and with Java's types: each method is one call, named after it,
 * repeated when a signal interrupts it. A failure is a {@link SystemCallException}; what a caller wants to tell apart
 * (a lock that is held, a child that is gone) is in the result.
 *
 * <p>Owns the memory in which arguments and errno live: open one for an operation, close it at the end. Not thread-safe:
 * confined to the thread that opened it. Strings are {@linkplain ByteString byte strings}.
 */
public final class Posix implements AutoCloseable {

    /** A hundred years in nanoseconds still fit a long, beside the time of day. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(36_500);

    private static final long NANOSECONDS_PER_SECOND = 1_000_000_000;

    private static final int STDERR = 2;

    /** An enumeration in C, which POSIX gives no number; on every Linux it is this one. */
    private static final int SHUT_RDWR = 2;

    private final Platform platform = Platform.current();
    private final NativeMemory memory = new NativeMemory();
    private final MemorySegment errno = memory.allocate(Integer.BYTES, Integer.BYTES);

    /** Access flags of open(2) that daemonspec uses, with close-on-exec always and no controlling terminal ever. */
    public enum OpenFor {
        /** Reading, as the daemon's stdin. */
        READING,
        /** Appending to what is there. */
        APPENDING,
        /** Appending to a file that this very call makes with the given mode; EEXIST if there is one or a symbolic link. */
        MAKING,
        /** Reading and writing; made where it does not exist, a symbolic link refused. */
        LOCKING,
        /** Reading and writing what is there; a symbolic link refused. */
        UPDATING,
        /** Looking at its lock; a symbolic link refused. */
        PROBING,
        /** fchdir(2) and nothing else; must be a directory. */
        ENTERING,
        /** The same of a directory itself, a symbolic link refused. */
        NAMING,
        /** fchmod(2) and fchown(2) of a directory itself, a symbolic link refused. */
        ADJUSTING,
        /** Naming whatever there is, which is not opened: a symbolic link itself, a socket. */
        HOLDING
    }

    /**
     * Opens the memory for one operation.
     *
     * @throws UnsupportedOperationException on a platform that the bindings do not describe
     */
    public static Posix open() {
        return new Posix();
    }

    private Posix() {}

    /** open(2). */
    public Descriptor open(String path, OpenFor purpose, int mode) {
        int common = Libc.O_CLOEXEC() | Libc.O_NOCTTY();
        int flags = switch (purpose) {
            case READING -> Libc.O_RDONLY() | Libc.O_NONBLOCK();
            case APPENDING -> Libc.O_WRONLY() | Libc.O_APPEND() | Libc.O_NONBLOCK();
            case MAKING -> Libc.O_WRONLY() | Libc.O_APPEND() | Libc.O_CREAT() | Libc.O_EXCL();
            case LOCKING -> Libc.O_RDWR() | Libc.O_CREAT() | Libc.O_NONBLOCK() | platform.noFollowFlag();
            case UPDATING -> Libc.O_RDWR() | Libc.O_NONBLOCK() | platform.noFollowFlag();
            case PROBING -> Libc.O_RDONLY() | Libc.O_NONBLOCK() | platform.noFollowFlag();
            case ENTERING -> Libc.O_PATH() | platform.directoryFlag();
            case NAMING -> Libc.O_PATH() | platform.directoryFlag() | platform.noFollowFlag();
            case HOLDING -> Libc.O_PATH() | platform.noFollowFlag();
            case ADJUSTING -> Libc.O_RDONLY() | platform.directoryFlag() | platform.noFollowFlag();
        };
        int fd = restarting(LibcFunction.OPEN, string(path), flags | common, mode);
        Descriptor descriptor = new Descriptor(this, checkedOnPath(fd, "open", path));
        if (purpose == OpenFor.LOCKING && fd <= STDERR) {
            descriptor = awayFromStandardStreams(descriptor);
        }
        try {
            if (purpose == OpenFor.READING || purpose == OpenFor.APPENDING) {
                clearNonBlocking(descriptor, flags);
            }
            return descriptor;
        } catch (SystemCallException e) {
            descriptor.close();
            throw e;
        }
    }

    /** A program that was started with stderr closed would write its complaints into what it opens next. */
    private Descriptor awayFromStandardStreams(Descriptor low) {
        try (low) {
            return duplicateAbove(low.number(), STDERR + 1);
        }
    }

    /**
     * O_NONBLOCK keeps open(2) itself from waiting for the other end of a FIFO or a line; whoever inherits the descriptor
     * expects it to block. The other flags are known, since it was opened with them.
     */
    private void clearNonBlocking(Descriptor descriptor, int flags) {
        setStatusFlags(descriptor.number(), flags & ~Libc.O_NONBLOCK());
    }

    /** Sets or clears O_NONBLOCK of an open file, for everybody who has it, see fcntl(2). */
    void setNonBlocking(int descriptor, boolean nonBlocking) {
        int flags = (statusFlags(descriptor) & ~Libc.O_NONBLOCK()) | (nonBlocking ? Libc.O_NONBLOCK() : 0);
        setStatusFlags(descriptor, flags);
    }

    private void setStatusFlags(int descriptor, int flags) {
        int result = intCall(LibcFunction.FCNTL, descriptor, Libc.F_SETFL(), flags);
        checkedOnDescriptor(result, "fcntl F_SETFL", descriptor);
    }

    /** The file status flags, see F_GETFL in fcntl(2). */
    int statusFlags(int descriptor) {
        int flags = intCall(LibcFunction.FCNTL, descriptor, Libc.F_GETFL());
        return checkedOnDescriptor(flags, "fcntl F_GETFL", descriptor);
    }

    /** The descriptor that this process inherited under a number; the result owns it. */
    public Descriptor inherited(int number) {
        return new Descriptor(this, number);
    }

    /** close(2), whose result says nothing that one could act on. */
    void close(int number) {
        intCall(LibcFunction.CLOSE, number);
    }

    /** A pipe, see pipe2(2), close-on-exec: first the end to read from, then the end to write to. */
    public List<Descriptor> pipe() {
        MemorySegment ends = allocate(2 * Integer.BYTES, Integer.BYTES);
        checked(intCall(LibcFunction.PIPE2, ends.address(), Libc.O_CLOEXEC()), "pipe2", "");
        return pair(ends);
    }

    /** Two connected sockets, see socketpair(2), close-on-exec. */
    public List<Descriptor> socketPair() {
        MemorySegment ends = allocate(2 * Integer.BYTES, Integer.BYTES);
        int type = Libc.SOCK_STREAM() | Libc.SOCK_CLOEXEC();
        checked(intCall(LibcFunction.SOCKETPAIR, Libc.AF_UNIX(), type, 0, ends.address()), "socketpair", "");
        return pair(ends);
    }

    /** A stream socket, close-on-exec, connected to the one with this path, see unix(7). */
    public Descriptor connect(String path) {
        int type = Libc.SOCK_STREAM() | Libc.SOCK_CLOEXEC();
        int fd = intCall(LibcFunction.SOCKET, Libc.AF_UNIX(), type, 0);
        Descriptor socket = new Descriptor(this, checked(fd, "socket", ""));
        MemorySegment address = SocketAddresses.unix(this, path);
        try {
            int result = restarting(LibcFunction.CONNECT, fd, address.address(), address.byteSize());
            checkedOnPath(result, "connect", path);
            return socket;
        } catch (SystemCallException e) {
            socket.close();
            throw e;
        }
    }

    private List<Descriptor> pair(MemorySegment ends) {
        return List.of(
                new Descriptor(this, NativeMemory.getInt(ends, 0)),
                new Descriptor(this, NativeMemory.getInt(ends, Integer.BYTES)));
    }

    /** A file in memory, see memfd_create(2), close-on-exec. */
    public Descriptor memoryFile(String name) {
        int fd = intCall(LibcFunction.MEMFD_CREATE, string(name), Libc.MFD_CLOEXEC());
        return new Descriptor(this, checked(fd, "memfd_create", name));
    }

    /** Makes every write go to the end of the file, see O_APPEND in fcntl(2). */
    public void setAppend(Descriptor file) {
        setStatusFlags(file.number(), Libc.O_APPEND());
    }

    /** Sets FD_CLOEXEC, see fcntl(2). */
    public void setCloseOnExec(int descriptor) {
        setDescriptorFlags(descriptor, Libc.FD_CLOEXEC());
    }

    /** Has a descriptor survive execve(2). */
    public void clearCloseOnExec(int descriptor) {
        setDescriptorFlags(descriptor, 0);
    }

    private void setDescriptorFlags(int descriptor, int flags) {
        int result = intCall(LibcFunction.FCNTL, descriptor, Libc.F_SETFD(), flags);
        checkedOnDescriptor(result, "fcntl F_SETFD", descriptor);
    }

    /** A copy of the descriptor at {@code lowest} or above, close-on-exec, see F_DUPFD_CLOEXEC in fcntl(2). */
    Descriptor duplicateAbove(int descriptor, int lowest) {
        int copy = intCall(LibcFunction.FCNTL, descriptor, Libc.F_DUPFD_CLOEXEC(), lowest);
        return new Descriptor(this, checkedOnDescriptor(copy, "fcntl F_DUPFD_CLOEXEC", descriptor));
    }

    /** A copy of a descriptor, close-on-exec, above the standard streams. */
    public Descriptor duplicate(int descriptor) {
        return duplicateAbove(descriptor, STDERR + 1);
    }

    /** dup3(2): {@code target}, which is close-on-exec then, becomes another name of {@code source}. */
    public void duplicateOver(int source, int target) {
        checkedOnDescriptor(restarting(LibcFunction.DUP3, source, target, Libc.O_CLOEXEC()), "dup3", target);
    }

    /** dup2(2): {@code target} becomes another name of {@code source}. */
    public void duplicateTo(Descriptor source, int target) {
        checkedOnDescriptor(restarting(LibcFunction.DUP2, source.number(), target), "dup2", target);
    }

    /** What an open file is and how large, see statx(2). */
    public FileStatus status(int descriptor) {
        MemorySegment status = allocate(CStruct.Statx.SIZE, Long.BYTES);
        int flags = Libc.AT_EMPTY_PATH();
        int result =
                intCall(LibcFunction.STATX, descriptor, string(""), flags, Libc.STATX_BASIC_STATS(), status.address());
        checkedOnDescriptor(result, "statx", descriptor);
        return FileStatus.from(status);
    }

    /** The same of what a path names, a symbolic link itself; empty if there is nothing. */
    public Optional<FileStatus> status(String path) {
        MemorySegment status = allocate(CStruct.Statx.SIZE, Long.BYTES);
        int flags = Libc.AT_SYMLINK_NOFOLLOW();
        int result = intCall(
                LibcFunction.STATX, Libc.AT_FDCWD(), string(path), flags, Libc.STATX_BASIC_STATS(), status.address());
        if (result == -Libc.ENOENT()) {
            return Optional.empty();
        }
        checkedOnPath(result, "statx", path);
        return Optional.of(FileStatus.from(status));
    }

    /** Takes the exclusive flock(2) without waiting for it; {@code false} if another open file description has it. */
    public boolean tryLock(Descriptor file, String path) {
        return tryLock(file, path, Libc.LOCK_EX());
    }

    /** Takes the shared flock(2) without waiting for it; {@code false} if another open file description has it alone. */
    public boolean tryLockShared(Descriptor file, String path) {
        return tryLock(file, path, Libc.LOCK_SH());
    }

    private boolean tryLock(Descriptor file, String path, int operation) {
        int result = restarting(LibcFunction.FLOCK, file.number(), operation | Libc.LOCK_NB());
        if (result == -Libc.EWOULDBLOCK()) {
            return false;
        }
        checkedOnPath(result, "flock", path);
        return true;
    }

    /**
     * Takes a write lock on one byte of the file, beyond its end as a rule, without waiting for it: F_OFD_SETLK in fcntl(2).
     * Like flock(2), it belongs to the open file description; unlike it, there is one for every byte. {@code false} if
     * another description has it, or the file system knows no such locks.
     */
    public boolean tryLockByte(Descriptor file, long offset) {
        int result = restarting(
                LibcFunction.FCNTL,
                file.number(),
                Libc.F_OFD_SETLK(),
                byteRange(Libc.F_WRLCK(), offset).address());
        return result == 0;
    }

    /**
     * Takes a write lock on one byte in this process's own name: F_SETLK in fcntl(2). Unlike the others it belongs to the
     * process, and is gone when the process closes any descriptor of the file; and unlike them it names its owner to whoever asks.
     * {@code false} if another process has it, or the file system knows no such locks.
     */
    public boolean tryOwnByte(Descriptor file, long offset) {
        return restarting(
                        LibcFunction.FCNTL,
                        file.number(),
                        Libc.F_SETLK(),
                        byteRange(Libc.F_WRLCK(), offset).address())
                == 0;
    }

    /** The process that owns exactly this byte, by the kernel's word: F_GETLK in fcntl(2); empty if none does, or it is this one. */
    public OptionalLong ownerOfByte(Descriptor file, long offset) {
        MemorySegment range = byteRange(Libc.F_WRLCK(), offset);
        int result = intCall(LibcFunction.FCNTL, file.number(), Libc.F_GETLK(), range.address());
        boolean owned = result == 0
                && NativeMemory.getShort(range, CStruct.Flock.L_TYPE) == (short) Libc.F_WRLCK()
                && NativeMemory.getLong(range, CStruct.Flock.L_START) == offset
                && NativeMemory.getLong(range, CStruct.Flock.L_LEN) == 1
                && NativeMemory.getInt(range, CStruct.Flock.L_PID) > 0;
        return owned ? OptionalLong.of(NativeMemory.getInt(range, CStruct.Flock.L_PID)) : OptionalLong.empty();
    }

    /** Lets go of a byte. */
    public void unlockByte(Descriptor file, long offset) {
        restarting(
                LibcFunction.FCNTL,
                file.number(),
                Libc.F_OFD_SETLK(),
                byteRange(Libc.F_UNLCK(), offset).address());
    }

    /** Whether another open file description holds a lock on exactly this byte, see F_OFD_GETLK in fcntl(2). */
    public boolean isByteLocked(Descriptor file, long offset) {
        MemorySegment range = byteRange(Libc.F_WRLCK(), offset);
        int result = intCall(LibcFunction.FCNTL, file.number(), Libc.F_OFD_GETLK(), range.address());
        return result == 0
                && NativeMemory.getShort(range, CStruct.Flock.L_TYPE) != (short) Libc.F_UNLCK()
                && NativeMemory.getLong(range, CStruct.Flock.L_START) == offset
                && NativeMemory.getLong(range, CStruct.Flock.L_LEN) == 1;
    }

    private MemorySegment byteRange(int type, long offset) {
        MemorySegment range = allocate(CStruct.Flock.SIZE, Long.BYTES);
        NativeMemory.putShort(range, CStruct.Flock.L_TYPE, type);
        NativeMemory.putShort(range, CStruct.Flock.L_WHENCE, Libc.SEEK_SET());
        NativeMemory.putLong(range, CStruct.Flock.L_START, offset);
        NativeMemory.putLong(range, CStruct.Flock.L_LEN, 1);
        return range;
    }

    /**
     * A descriptor that becomes readable when something happens to a watched file, see inotify(7), close-on-exec and
     * non-blocking; empty if this user has too many of them.
     */
    public Optional<Descriptor> fileEvents() {
        int fd = intCall(LibcFunction.INOTIFY_INIT1, Libc.IN_CLOEXEC() | Libc.IN_NONBLOCK());
        return fd < 0 ? Optional.empty() : Optional.of(new Descriptor(this, fd));
    }

    /** Watches a file for being written, closed by a writer, removed or replaced, or for changes of its mode. */
    public void watchFile(Descriptor events, String path) {
        int mask = Libc.IN_MODIFY()
                | Libc.IN_ATTRIB()
                | Libc.IN_CLOSE_WRITE()
                | Libc.IN_DELETE_SELF()
                | Libc.IN_MOVE_SELF();
        intCall(LibcFunction.INOTIFY_ADD_WATCH, events.number(), string(path), mask | Libc.IN_DONT_FOLLOW());
    }

    /** Watches a directory for new names in it. */
    public void watchDirectory(Descriptor events, String path) {
        int mask = Libc.IN_CREATE() | Libc.IN_MOVED_TO() | Libc.IN_ONLYDIR();
        intCall(LibcFunction.INOTIFY_ADD_WATCH, events.number(), string(path), mask);
    }

    /** geteuid(2): who this process is when it opens a file. */
    public long effectiveUser() {
        return NativeCall.unsignedCall(errno, LibcFunction.GETEUID);
    }

    /** umask(2) of this process. */
    public void setUmask(int mask) {
        intCall(LibcFunction.UMASK, mask);
    }

    /** Sets FD_CLOEXEC on every descriptor from this one on, see close_range(2), Linux 5.11; before that does nothing. */
    public void setCloseOnExecFrom(int lowest) {
        if (LibcFunction.CLOSE_RANGE.isAvailable()) {
            intCall(LibcFunction.CLOSE_RANGE, lowest, 0xFFFF_FFFFL, Libc.CLOSE_RANGE_CLOEXEC());
        }
    }

    /** Empties this thread's signal mask, see pthread_sigmask(3). */
    public void unblockSignals() {
        MemorySegment none = allocate(Libc.SIGSET_T_SIZE(), Long.BYTES);
        intCall(LibcFunction.SIGEMPTYSET, none.address());
        errorNumberCall(LibcFunction.PTHREAD_SIGMASK, Libc.SIG_SETMASK(), none.address(), 0);
    }

    /** isatty(3). */
    public boolean isTerminal(int descriptor) {
        return intCall(LibcFunction.ISATTY, descriptor) == 1;
    }

    /**
     * Makes the calling thread what a context says, and nobody else in this process: for a thread that is about to execute
     * another program, which the process is then. A thread for which this fails is something in between, and must not go on.
     *
     * @param directory for a context with a root: what becomes the root
     * @throws SystemCallException if a call is refused
     * @throws RefusedContextException if the thread is not what it should be after that
     */
    public void become(ProcessContext context, Optional<Descriptor> directory) {
        if (context.isInherited()) {
            return;
        }
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException(
                    "a virtual thread has no identity of its own; call this on a platform thread");
        }
        long thread = ThisThread.id();
        if (directory.isPresent()
                || !ContextProof.differences(thread, context).isEmpty()) { // else a supervisor has done it
            if (context.oomScoreAdjust().isPresent()) {
                ContextProof.adjustOomScore(thread, context.oomScoreAdjust().getAsInt());
            }
            new ContextSteps(this, context, directory).applyToThisThread();
        }
        context.laterLimits().forEach(limit -> setLimit(0, limit));
        List<String> differences = ContextProof.differences(thread, context);
        if (!differences.isEmpty()) {
            throw new RefusedContextException(differences);
        }
    }

    /** execve(2): this process becomes another program, with all its descriptors that are not close-on-exec. */
    public SystemCallException execute(String path, List<String> arguments, List<String> environment) {
        int result = intCall(LibcFunction.EXECVE, string(path), strings(arguments), strings(environment));
        return new SystemCallException("execve", ByteString.decode(path), -result);
    }

    /** fchown(2). */
    public void changeOwner(Descriptor file, long uid, long gid, String path) {
        checkedOnPath(intCall(LibcFunction.FCHOWN, file.number(), uid, gid), "fchown", path);
    }

    /** The same of what a descriptor names without having it open, see O_PATH in open(2). */
    public void changeOwnerOfHeld(Descriptor held, long uid, long gid, String path) {
        int result = intCall(LibcFunction.FCHOWNAT, held.number(), string(""), uid, gid, Libc.AT_EMPTY_PATH());
        checkedOnPath(result, "fchownat", path);
    }

    /** chmod(2) of what a descriptor names without having it open: fchmod(2) refuses it, but not {@code /proc}. */
    public void changeModeOfHeld(Descriptor held, int mode, String path) {
        checkedOnPath(intCall(LibcFunction.CHMOD, string("/proc/self/fd/" + held.number()), mode), "chmod", path);
    }

    /** prlimit(2) of a process; 0 is this one. */
    public void setLimit(long pid, ProcessContext.Limit limit) {
        int result = intCall(
                LibcFunction.PRLIMIT, pid, limit.resource(), limit(limit).address(), 0);
        checked(result, "prlimit", limit.name() + " " + limit.values());
    }

    /** Whether others of this user may trace this process and it may dump core, see PR_SET_DUMPABLE in prctl(2). */
    public void setDumpable(boolean dumpable) {
        checked(
                intCall(LibcFunction.PRCTL, Libc.PR_SET_DUMPABLE(), dumpable ? 1 : 0, 0, 0, 0),
                "prctl PR_SET_DUMPABLE",
                "");
    }

    /** ioprio_get(2) of a process: class and level in one number. */
    int ioPriority(long pid) {
        int result = intCall(LibcFunction.SYSCALL, platform.systemCalls().ioprioGet(), Libc.IOPRIO_WHO_PROCESS(), pid);
        return checked(result, "ioprio_get", "process " + pid);
    }

    boolean isDumpable() {
        return intCall(LibcFunction.PRCTL, Libc.PR_GET_DUMPABLE(), 0, 0, 0, 0) == 1;
    }

    /** mkdir(2); {@code false} if there is something of that name. */
    public boolean makeDirectory(String path, int mode) {
        int result = intCall(LibcFunction.MKDIR, string(path), mode);
        if (result == -Libc.EEXIST()) {
            return false;
        }
        checkedOnPath(result, "mkdir", path);
        return true;
    }

    /** fchmod(2). */
    public void changeMode(Descriptor file, int mode, String path) {
        checkedOnPath(intCall(LibcFunction.FCHMOD, file.number(), mode), "fchmod", path);
    }

    /** ftruncate(2). */
    public void truncate(Descriptor file, long size, String path) {
        checkedOnPath(restarting(LibcFunction.FTRUNCATE, file.number(), size), "ftruncate", path);
    }

    /** pwrite(2) of all bytes at the start of the file. */
    public void writeAtStart(Descriptor file, byte[] bytes, String path) {
        MemorySegment buffer = buffer(bytes);
        for (long done = 0; done < bytes.length; ) {
            long address = buffer.address() + done;
            done += checkedOnPath(
                    restartingLong(LibcFunction.PWRITE, file.number(), address, bytes.length - done, done),
                    "pwrite",
                    path);
        }
    }

    /** write(2) of all bytes. */
    public void write(Descriptor file, byte[] bytes) {
        MemorySegment buffer = buffer(bytes);
        for (long done = 0; done < bytes.length; ) {
            long written =
                    restartingLong(LibcFunction.WRITE, file.number(), buffer.address() + done, bytes.length - done);
            done += checkedOnDescriptor(written, "write", file.number());
        }
    }

    /** read(2) of at most {@code most} bytes; an empty array is the end of the file. */
    public byte[] read(Descriptor file, int most) {
        try (NativeMemory scratch = new NativeMemory()) {
            MemorySegment buffer = scratch.allocate(most, 1);
            long size = restartingLong(LibcFunction.READ, file.number(), buffer.address(), most);
            checkedOnDescriptor(size, "read", file.number());
            return NativeMemory.get(buffer, 0, (int) size);
        }
    }

    /** pread(2) of at most {@code most} bytes at the start of the file. */
    public byte[] readAtStart(Descriptor file, int most) {
        return readAt(file, 0, most);
    }

    /** pread(2) of at most {@code most} bytes from an offset on; an empty array is the end of the file. */
    public byte[] readAt(Descriptor file, long offset, int most) {
        try (NativeMemory scratch = new NativeMemory()) {
            MemorySegment buffer = scratch.allocate(most, 1);
            long size = restartingLong(LibcFunction.PREAD, file.number(), buffer.address(), most, offset);
            checkedOnDescriptor(size, "pread", file.number());
            return NativeMemory.get(buffer, 0, (int) size);
        }
    }

    /** poll(2) for input or end of file; {@code false} when the time is over first. */
    public boolean awaitReadable(Descriptor file, Duration timeout) {
        return awaitReadable(List.of(file), timeout);
    }

    /** The same for any of several. */
    public boolean awaitReadable(List<Descriptor> files, Duration timeout) {
        return firstReadable(files, timeout) >= 0;
    }

    /** The same; which of them it is, by its place, and the first if there are several, or -1 if the time is over. */
    public int firstReadable(List<Descriptor> files, Duration timeout) {
        Duration bounded = timeout.compareTo(LONGEST_WAIT) < 0 ? timeout : LONGEST_WAIT;
        long deadline = System.nanoTime() + bounded.toNanos();
        MemorySegment pollfds = allocate((long) files.size() * CStruct.Pollfd.SIZE, Integer.BYTES);
        for (int i = 0; i < files.size(); i++) {
            int entry = i * CStruct.Pollfd.SIZE;
            NativeMemory.putInt(pollfds, entry + CStruct.Pollfd.FD, files.get(i).number());
            NativeMemory.putShort(pollfds, entry + CStruct.Pollfd.EVENTS, Libc.POLLIN());
        }
        while (true) {
            long left = Math.max(0, deadline - System.nanoTime());
            int milliseconds = (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
            int ready = intCall(LibcFunction.POLL, pollfds.address(), files.size(), milliseconds);
            if (ready == 0 && System.nanoTime() >= deadline) {
                return -1;
            }
            if (ready > 0) {
                return firstWithEvents(pollfds);
            }
            if (ready != -Libc.EINTR()) {
                checkedOnDescriptor(ready, "poll", files.getFirst().number());
            }
        }
    }

    private static int firstWithEvents(MemorySegment pollfds) {
        int place = 0;
        while (NativeMemory.getShort(pollfds, place * CStruct.Pollfd.SIZE + CStruct.Pollfd.REVENTS) == 0) {
            place++;
        }
        return place;
    }

    /**
     * A descriptor of a process, see pidfd_open(2), close-on-exec, which becomes readable when the process ends.
     *
     * @throws SystemCallException with ESRCH if there is no such process; with ENOSYS before Linux 5.3, and with EPERM where a
     *     container's seccomp filter is older than that
     */
    public Descriptor openProcess(long pid) {
        int fd = intCall(LibcFunction.SYSCALL, Libc.SYS_pidfd_open(), pid, 0);
        return new Descriptor(this, checked(fd, "pidfd_open", "process " + pid));
    }

    /** The same; empty where the kernel or a container refuses it, or the process has gone. */
    Optional<Descriptor> tryOpenProcess(long pid) {
        int fd = intCall(LibcFunction.SYSCALL, Libc.SYS_pidfd_open(), pid, 0);
        return fd < 0 ? Optional.empty() : Optional.of(new Descriptor(this, fd));
    }

    /** What a clock of the kernel shows, in nanoseconds, see clock_gettime(2). */
    long clock(int clock) {
        MemorySegment time = allocate(CStruct.Timespec.SIZE, Long.BYTES);
        checked(intCall(LibcFunction.CLOCK_GETTIME, clock, time.address()), "clock_gettime", "");
        return NativeMemory.getLong(time, CStruct.Timespec.TV_SEC) * NANOSECONDS_PER_SECOND
                + NativeMemory.getLong(time, CStruct.Timespec.TV_NSEC);
    }

    /** getsid(2) of a process; empty if there is none of this pid, or the kernel does not tell. */
    OptionalInt session(int pid) {
        int session = intCall(LibcFunction.GETSID, pid);
        return session < 0 ? OptionalInt.empty() : OptionalInt.of(session);
    }

    /** kill(2), if that is possible. */
    void tryKill(int pid) {
        if (pid > 0) {
            intCall(LibcFunction.KILL, pid, Libc.SIGKILL());
        }
    }

    /** Ends both directions of a socket: shutdown(2). */
    void shutDown(Descriptor socket) {
        intCall(LibcFunction.SHUTDOWN, socket.number(), SHUT_RDWR);
    }

    /** pidfd_send_signal(2), which cannot reach another process than the one opened; {@code false} if it has ended. */
    public boolean signal(Descriptor process, int signal) {
        int result = intCall(LibcFunction.SYSCALL, Libc.SYS_pidfd_send_signal(), process.number(), signal, 0, 0);
        if (result == -Libc.ESRCH()) {
            return false;
        }
        checked(result, "pidfd_send_signal " + signal, "");
        return true;
    }

    /**
     * Sleeps, in poll(2) without descriptors: an interrupt of the thread neither shortens it nor is lost. Not at all if the time is
     * negative, as what is left of one may be by now; to poll(2) that would be for ever.
     */
    public void pause(Duration duration) {
        intCall(LibcFunction.POLL, 0, 0, Math.max(0, duration.toMillis()));
    }

    /** Whether there is such a process, by kill(2) with no signal; also if it is another user's. */
    public boolean exists(long pid) {
        int result = intCall(LibcFunction.KILL, pid, 0);
        return result == 0 || result == -Libc.EPERM();
    }

    /** kill(2); {@code false} if there is no such process. */
    public boolean signal(long pid, int signal) {
        int result = intCall(LibcFunction.KILL, pid, signal);
        if (result == -Libc.ESRCH()) {
            return false;
        }
        checked(result, "kill " + signal, "process " + pid);
        return true;
    }

    /**
     * waitpid(2) for one child to end: its wait status; empty if it cannot be waited for, as a rule because it is no child of ours
     * any more: somebody else has reaped it, or SIGCHLD is ignored. What it did before does not depend on that, so it is tried
     * again and no failure: a zombie should not stay.
     */
    public OptionalInt awaitChild(int pid) {
        MemorySegment status = allocate(Integer.BYTES, Integer.BYTES);
        int result = restarting(LibcFunction.WAITPID, pid, status.address(), 0);
        if (result < 0) {
            result = restarting(LibcFunction.WAITPID, pid, status.address(), 0);
        }
        return result < 0 ? OptionalInt.empty() : OptionalInt.of(NativeMemory.getInt(status, 0));
    }

    /** waitpid(2) for a child that has ended, which it takes off the list of processes; nothing if it has not, or is none. */
    public void reap(int pid) {
        intCall(LibcFunction.WAITPID, pid, 0, Libc.WNOHANG());
    }

    @Override
    public void close() {
        memory.close();
    }

    // What the native call chain needs from here; see CallChain.

    /** A limit as setrlimit(2) takes it. */
    MemorySegment limit(ProcessContext.Limit limit) {
        MemorySegment values = allocate(CStruct.Rlimit.SIZE, Long.BYTES);
        NativeMemory.putLong(values, CStruct.Rlimit.RLIM_CUR, limit.soft());
        NativeMemory.putLong(values, CStruct.Rlimit.RLIM_MAX, limit.hard());
        return values;
    }

    /** The address of the calling thread's errno. */
    long errnoOfThisThread() {
        return NativeCall.pointerCall(errno, LibcFunction.__ERRNO_LOCATION);
    }

    MemorySegment errno() {
        return errno;
    }

    Platform platform() {
        return platform;
    }

    /** Zeroed memory that lives as long as this object. */
    MemorySegment allocate(long size, long alignment) {
        return memory.allocate(size, alignment);
    }

    /** The address of a C string. */
    long string(String byteString) {
        return memory.string(byteString).address();
    }

    /** The address of a C array of C strings that ends with NULL, as argv and envp. */
    long strings(List<String> byteStrings) {
        return memory.strings(byteStrings).address();
    }

    int intCall(LibcFunction function, long... arguments) {
        return NativeCall.intCall(errno, function, arguments);
    }

    int errorNumberCall(LibcFunction function, long... arguments) {
        return NativeCall.errorNumberCall(errno, function, arguments);
    }

    /** The same of a {@linkplain ByteString byte string}'s path, which becomes text only if the call has failed. */
    static int checkedOnPath(int result, String operation, String path) {
        return (int) checkedOnPath((long) result, operation, path);
    }

    private static long checkedOnPath(long result, String operation, String path) {
        return result < 0 ? checked(result, operation, ByteString.decode(path)) : result;
    }

    private static int checkedOnDescriptor(int result, String operation, int descriptor) {
        return (int) checkedOnDescriptor((long) result, operation, descriptor);
    }

    private static long checkedOnDescriptor(long result, String operation, int descriptor) {
        return result < 0 ? checked(result, operation, "descriptor " + descriptor) : result;
    }

    static int checked(int result, String operation, String object) {
        if (result < 0) {
            throw new SystemCallException(operation, object, -result);
        }
        return result;
    }

    private static long checked(long result, String operation, String object) {
        if (result < 0) {
            throw new SystemCallException(operation, object, (int) -result);
        }
        return result;
    }

    private MemorySegment buffer(byte[] bytes) {
        return memory.terminated(bytes);
    }

    private int restarting(LibcFunction function, long... arguments) {
        int result;
        do {
            result = intCall(function, arguments);
        } while (result == -Libc.EINTR());
        return result;
    }

    private long restartingLong(LibcFunction function, long... arguments) {
        long result;
        do {
            result = NativeCall.longCall(errno, function, arguments);
        } while (result == -Libc.EINTR());
        return result;
    }
}
