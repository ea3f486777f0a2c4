package org.daemonspec.internal.posix;

import java.io.File;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.OptionalInt;
import org.daemonspec.bindings.Libc;

/**
 * A {@link SpawnRequest} that is {@link OutOfTheWay} as posix_spawn(3) wants it: its file actions and attributes, which stop and report at the first
 * failure, as the chain itself cannot.
 *
 * <p>The new process gets the directory, the descriptors asked for and no others, an empty signal mask and every signal's
 * default disposition: execve(2) would keep a blocked mask and ignored signals, as nohup(1) and careless parents leave them.
 */
final class PreparedSpawn implements AutoCloseable {

    private final Posix posix;
    private final SpawnRequest request;
    private final MemorySegment pid;
    private final MemorySegment fileActions;
    private final MemorySegment attributes;

    PreparedSpawn(Posix posix, SpawnRequest request) {
        this(posix, request, posix.allocate(Integer.BYTES, Integer.BYTES).address());
    }

    /** The same with an int of another thread's, which looks there for the pid. */
    PreparedSpawn(Posix posix, SpawnRequest request, long pidAddress) {
        this.posix = posix;
        this.request = request;
        this.pid = NativeMemory.intAt(pidAddress);
        this.fileActions = posix.allocate(Libc.POSIX_SPAWN_FILE_ACTIONS_T_SIZE(), Long.BYTES);
        this.attributes = posix.allocate(Libc.POSIX_SPAWNATTR_T_SIZE(), Long.BYTES);
        check(posix.errorNumberCall(LibcFunction.POSIX_SPAWN_FILE_ACTIONS_INIT, fileActions.address()));
        check(posix.errorNumberCall(LibcFunction.POSIX_SPAWNATTR_INIT, attributes.address()));
        try {
            addFileActions();
            setAttributes();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Adds the calls that make the process a daemon's: setsid(2) and umask(2). Before them signal(2): with SIGCHLD ignored, as
     * some parents leave it, the kernel would reap the intermediate process's child behind its back, and posix_spawn's own
     * waitpid would fail and overwrite errno.
     */
    void addSessionTo(CallChain chain) {
        chain.then(LibcFunction.SIGNAL, Libc.SIGCHLD(), CallChain.SIG_DFL)
                .then(LibcFunction.SETSID)
                .then(LibcFunction.UMASK, request.umask());
        if (!isInDirectory() && !LibcFunction.POSIX_SPAWN_FILE_ACTIONS_ADDFCHDIR_NP.isAvailable()) {
            chain.then(LibcFunction.FCHDIR, request.workingDirectory().number());
        }
        if (hasGaps() && marksRanges(posix)) {
            chain.then(LibcFunction.CLOSE_RANGE, firstGap(), last(), Libc.CLOSE_RANGE_CLOEXEC());
        }
    }

    /** Adds the second fork: posix_spawn(3). */
    void addSpawnTo(CallChain chain) {
        chain.then(
                LibcFunction.POSIX_SPAWN,
                pid.address(),
                posix.string(request.path()),
                fileActions.address(),
                attributes.address(),
                posix.strings(request.arguments()),
                posix.strings(request.environment()));
    }

    /** Whether the chain is in the working directory already: whom the daemon is decides whether it may enter. */
    private boolean isInDirectory() {
        return !request.context().isInherited();
    }

    /** posix_spawn's own list of what to do with descriptors. */
    MemorySegment fileActions() {
        return fileActions;
    }

    /** Where posix_spawn writes the new process's pid once its execve(2) has succeeded; 0 until then. */
    MemorySegment pid() {
        return pid;
    }

    /**
     * The pid, or the failure of the posix_spawn.
     *
     * @param outcome of the chain
     * @param waitStatus of the intermediate process, if we were the ones to reap it
     */
    int pidOrThrow(CallChain.Outcome outcome, OptionalInt waitStatus) {
        int value = NativeMemory.getInt(pid, 0);
        if (value != 0) {
            return value;
        }
        String program = ByteString.decode(request.path());
        if (waitStatus.isEmpty() || waitStatus.getAsInt() != 0) {
            Spawn.endSession(posix, outcome.pid());
        }
        if (waitStatus.orElse(0) != 0) {
            throw new SystemCallException(
                    "posix_spawn", program + ", whose intermediate process was killed", Libc.ECANCELED());
        }
        throw new SystemCallException("posix_spawn", program, outcome.errno());
    }

    @Override
    public void close() {
        posix.errorNumberCall(LibcFunction.POSIX_SPAWN_FILE_ACTIONS_DESTROY, fileActions.address());
        posix.errorNumberCall(LibcFunction.POSIX_SPAWNATTR_DESTROY, attributes.address());
    }

    private void addFileActions() {
        if (!isInDirectory() && LibcFunction.POSIX_SPAWN_FILE_ACTIONS_ADDFCHDIR_NP.isAvailable()) {
            add(
                    LibcFunction.POSIX_SPAWN_FILE_ACTIONS_ADDFCHDIR_NP,
                    request.workingDirectory().number());
        }
        for (int target : request.descriptors().keySet()) {
            add(
                    LibcFunction.POSIX_SPAWN_FILE_ACTIONS_ADDDUP2,
                    request.source(target).number(),
                    target);
        }
        closeAllOthers();
    }

    /**
     * Behind the last one, one close_range(2) however many there are. Between them, execve(2) closes what the chain has marked
     * in the intermediate process, whose table of descriptors is a copy; dup2 has left those that stay without the mark. Before
     * glibc 2.34 and Linux 5.11, one action for each that is open.
     */
    private void closeAllOthers() {
        if (!LibcFunction.POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP.isAvailable()) {
            closeEachUpTo(Integer.MAX_VALUE);
            return;
        }
        add(LibcFunction.POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP, last() + 1);
        if (hasGaps() && !marksRanges(posix)) {
            closeEachUpTo(last());
        }
    }

    private void closeEachUpTo(int last) {
        String[] open = Objects.requireNonNullElse(new File("/proc/self/fd").list(), new String[0]);
        for (String name : open) {
            int descriptor = Integer.parseInt(name);
            if (descriptor <= last && !request.descriptors().containsKey(descriptor)) {
                add(LibcFunction.POSIX_SPAWN_FILE_ACTIONS_ADDCLOSE, descriptor);
            }
        }
    }

    private int last() {
        return request.descriptors().lastKey();
    }

    private boolean hasGaps() {
        return last() >= request.descriptors().size();
    }

    private int firstGap() {
        int number = 0;
        while (request.descriptors().containsKey(number)) {
            number++;
        }
        return number;
    }

    /** Asks with a range in which there is no descriptor. */
    private static boolean marksRanges(Posix posix) {
        return LibcFunction.CLOSE_RANGE.isAvailable()
                && posix.intCall(
                                LibcFunction.CLOSE_RANGE,
                                Integer.MAX_VALUE,
                                Integer.MAX_VALUE,
                                Libc.CLOSE_RANGE_CLOEXEC())
                        == 0;
    }

    private void setAttributes() {
        MemorySegment signals = posix.allocate(Libc.SIGSET_T_SIZE(), Long.BYTES);
        posix.intCall(LibcFunction.SIGEMPTYSET, signals.address());
        set(LibcFunction.POSIX_SPAWNATTR_SETSIGMASK, signals.address());
        signals.fill((byte) 0xff); // sigfillset leaves out 32 and 33, and glibc would start the process with 32 ignored
        set(LibcFunction.POSIX_SPAWNATTR_SETSIGDEFAULT, signals.address());
        set(LibcFunction.POSIX_SPAWNATTR_SETFLAGS, Libc.POSIX_SPAWN_SETSIGMASK() | Libc.POSIX_SPAWN_SETSIGDEF());
    }

    private void add(LibcFunction action, int first) {
        check(posix.errorNumberCall(action, fileActions.address(), first));
    }

    private void add(LibcFunction action, int first, int second) {
        check(posix.errorNumberCall(action, fileActions.address(), first, second));
    }

    private void set(LibcFunction attribute, long value) {
        check(posix.errorNumberCall(attribute, attributes.address(), value));
    }

    private void check(int result) {
        Posix.checkedOnPath(result, "prepare posix_spawn", request.path());
    }
}
