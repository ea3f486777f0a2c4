package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.daemonspec.bindings.Libc;

/**
 * As {@link Spawn}, but the intermediate process stays until it is let go: until then it is the new process's parent and
 * does not reap it. That gives the one who watches the start three things that are not to be had for a process that is
 * nobody's child: its exit status stays readable in {@code /proc/PID/stat}, its pid cannot be recycled, and so signals
 * sent to it cannot reach a stranger.
 *
 * <p>The native call chain waits for us, in libc: after posix_spawn it writes the pid to a socket and reads from it.
 *
 * <pre>{@code
 * setsid()  umask()  posix_spawn(&pid, ...)
 * dup2(socket, 0)  close_range(1, ~0)         keeps nothing of the launcher open
 * write(0, &pid, 4)                           "it runs"
 * read(0, ..., 1)                             "let go", or end of file when the launcher is no more
 * _exit(0)
 * }</pre>
 *
 * <p>A request with a {@link ProcessContext} is a gate more. What the calls have made of the intermediate process is proven
 * from outside before anything is executed; nothing runs as somebody it should not be:
 *
 * <pre>{@code
 * setsid()  umask()  prlimit()  setgroups()  setresuid() ...
 * write(socket, &pid, 4)             "look at me"; the launcher reads errno of each call, and /proc/PID
 * read(socket, &word, 1)             "go on"
 * write(socket, &word, 1)            SIGPIPE ends us here if the launcher is no more
 * posix_spawn(&pid, ...)             and on, as above
 * }</pre>
 *
 * <p>The intermediate process borrows the memory and the thread-local storage of the thread that made it, and that thread
 * sleeps in clone(2) for as long, so it is a thread made for the purpose. errno survives: none of the calls after
 * posix_spawn fails.
 *
 * <p>Not thread-safe: belongs to the thread of its {@link Posix}. Close it to let go.
 */
public final class WatchedSpawn implements AutoCloseable {

    private static final byte[] LET_GO = {1};

    private final Posix posix;
    private final Descriptor launcherEnd;
    private final Descriptor intermediateEnd;
    private final CompletableFuture<Integer> chain;
    private final Optional<ContextSteps> steps;
    private final int pid;
    private boolean watching = true;

    private WatchedSpawn(Posix posix, SpawnRequest request) {
        this.posix = posix;
        var ends = posix.socketPair();
        this.launcherEnd = ends.getFirst();
        this.intermediateEnd = ends.getLast();
        int socket = intermediateEnd.number();
        int launcherSocket = launcherEnd.number();
        this.steps = request.context().isInherited()
                ? Optional.empty()
                : Optional.of(new ContextSteps(posix, request.context(), Optional.of(request.workingDirectory())));
        try {
            this.chain = OnPlatformThread.start(
                    "daemonspec-intermediate", () -> run(request, steps, socket, launcherSocket));
        } catch (OutOfMemoryError noMoreThreads) {
            launcherEnd.close();
            intermediateEnd.close();
            throw new SystemCallException("pthread_create", "", Libc.EAGAIN());
        }
        this.pid = awaitPid(request.context());
    }

    /**
     * Starts the program; returns when its execve(2) has succeeded. The caller still holds the request's descriptors.
     *
     * @throws SystemCallException with errno if no process could be made or the program could not be executed
     * @throws RefusedContextException if the process could not be made what the request says; then nothing was executed
     */
    public static WatchedSpawn start(Posix posix, SpawnRequest request) {
        try (OutOfTheWay clear = new OutOfTheWay(posix, request)) {
            return new WatchedSpawn(posix, clear.request());
        }
    }

    /** The new process. */
    public int pid() {
        return pid;
    }

    private int awaitPid(ProcessContext context) {
        if (steps.isPresent()) {
            int intermediate = readPid();
            if (intermediate == 0) {
                return failure();
            }
            check(intermediate, context);
            posix.write(launcherEnd, LET_GO);
            posix.read(launcherEnd, LET_GO.length);
        }
        int reported = readPid();
        return reported == 0 ? failure() : reported;
    }

    private int readPid() {
        byte[] word = posix.read(launcherEnd, Integer.BYTES);
        return word.length == Integer.BYTES
                ? ByteBuffer.wrap(word).order(ByteOrder.nativeOrder()).getInt()
                : 0;
    }

    /** Throws what kept the program from starting. */
    private int failure() {
        close();
        return OnPlatformThread.await(chain);
    }

    /** The gate: whoever is not what was asked for ends here, and nothing was executed. */
    private void check(int intermediate, ProcessContext context) {
        List<String> refusals = refusals(intermediate, context);
        if (!refusals.isEmpty()) {
            posix.signal(intermediate, Libc.SIGKILL());
            close();
            throw new RefusedContextException(refusals);
        }
    }

    private List<String> refusals(int intermediate, ProcessContext context) {
        List<String> refusals = steps.orElseThrow().refusals();
        if (!refusals.isEmpty()) {
            return refusals;
        }
        try {
            context.oomScoreAdjust().ifPresent(value -> ContextProof.adjustOomScore(intermediate, value));
            return ContextProof.differences(intermediate, context);
        } catch (RefusedContextException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    /** Lets go: the new process's parent is init or the nearest subreaper when this returns. Repeating it does nothing. */
    @Override
    public void close() {
        if (watching) {
            watching = false;
            posix.write(launcherEnd, LET_GO);
            chain.handle((pid, failure) -> pid).join();
            launcherEnd.close();
            intermediateEnd.close();
        }
    }

    /** On the thread that sleeps for the intermediate process. */
    private static int run(SpawnRequest request, Optional<ContextSteps> steps, int socket, int launcherSocket) {
        try (Posix posix = Posix.open()) {
            try (PreparedSpawn spawn = new PreparedSpawn(posix, request)) {
                CallChain chain = new CallChain(posix);
                MemorySegment word = posix.allocate(Integer.BYTES, Integer.BYTES);
                spawn.addSessionTo(chain);
                steps.ifPresent(context -> addGate(posix, chain, context, socket, launcherSocket, word));
                spawn.addSpawnTo(chain);
                keepOnly(posix, chain, socket, launcherSocket, request);
                chain.then(LibcFunction.WRITE, 0, spawn.pid().address(), Integer.BYTES)
                        .then(LibcFunction.READ, 0, word.address(), LET_GO.length);
                CallChain.Outcome outcome =
                        request.context().identity().isPresent() ? unseen(posix, chain) : chain.run();
                return spawn.pidOrThrow(outcome.errno(), posix.awaitChild(outcome.pid()));
            } finally {
                posix.write(posix.inherited(socket), new byte[Integer.BYTES]); // if the chain never got to its write
            }
        }
    }

    private static CallChain.Outcome unseen(Posix posix, CallChain chain) {
        NotDumpable memory = NotDumpable.begin(posix);
        try {
            return chain.run();
        } finally {
            memory.close();
        }
    }

    /** The launcher's end is closed, so that the launcher's death is the end of the file. */
    private static void addGate(
            Posix posix, CallChain chain, ContextSteps context, int socket, int launcherSocket, MemorySegment word) {
        chain.endingByBrokenPipe().then(LibcFunction.CLOSE, launcherSocket);
        context.addTo(chain, posix.errnoOfThisThread());
        chain.then(LibcFunction.WRITE, socket, chain.pid().address(), Integer.BYTES)
                .then(LibcFunction.READ, socket, word.address(), LET_GO.length)
                .then(LibcFunction.WRITE, socket, word.address(), LET_GO.length);
    }

    /**
     * The socket becomes descriptor 0 and everything else is closed: a status pipe that stayed open here would hide the
     * daemon's end. Kernels before 5.9 have no close_range(2); then what belongs to this start is closed one by one.
     */
    private static void keepOnly(Posix posix, CallChain chain, int socket, int launcherSocket, SpawnRequest request) {
        if (closesRanges(posix)) {
            chain.then(LibcFunction.DUP2, socket, 0).then(LibcFunction.CLOSE_RANGE, 1, 0xFFFF_FFFFL, 0);
            return;
        }
        if (request.context()
                .isInherited()) { // otherwise it is closed already, and EBADF would hide posix_spawn's errno
            chain.then(LibcFunction.CLOSE, launcherSocket);
        }
        request.descriptors().values().stream()
                .mapToInt(Descriptor::number)
                .distinct()
                .forEach(descriptor -> chain.then(LibcFunction.CLOSE, descriptor));
        chain.then(LibcFunction.DUP2, socket, 0);
    }

    /** Asks with a range in which there is no descriptor. */
    private static boolean closesRanges(Posix posix) {
        return LibcFunction.CLOSE_RANGE.isAvailable()
                && posix.intCall(LibcFunction.CLOSE_RANGE, Integer.MAX_VALUE, Integer.MAX_VALUE, 0) == 0;
    }
}
