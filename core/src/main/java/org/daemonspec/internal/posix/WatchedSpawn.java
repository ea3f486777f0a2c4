package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
    private final int pid;
    private boolean watching = true;

    private WatchedSpawn(Posix posix, SpawnRequest request) {
        this.posix = posix;
        var ends = posix.socketPair();
        this.launcherEnd = ends.getFirst();
        this.intermediateEnd = ends.getLast();
        int socket = intermediateEnd.number();
        int launcherSocket = launcherEnd.number();
        try {
            this.chain = OnPlatformThread.start("daemonspec-intermediate", () -> run(request, socket, launcherSocket));
        } catch (OutOfMemoryError noMoreThreads) {
            launcherEnd.close();
            intermediateEnd.close();
            throw new SystemCallException("pthread_create", "", Libc.EAGAIN());
        }
        this.pid = awaitPid();
    }

    /**
     * Starts the program; returns when its execve(2) has succeeded. The caller still holds the request's descriptors.
     *
     * @throws SystemCallException with errno if no process could be made or the program could not be executed
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

    private int awaitPid() {
        byte[] word = posix.read(launcherEnd, Integer.BYTES);
        int reported = ByteBuffer.wrap(word).order(ByteOrder.nativeOrder()).getInt();
        if (reported != 0) {
            return reported;
        }
        close();
        return OnPlatformThread.await(chain); // throws what kept the program from starting
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
    private static int run(SpawnRequest request, int socket, int launcherSocket) {
        try (Posix posix = Posix.open()) {
            try (PreparedSpawn spawn = new PreparedSpawn(posix, request)) {
                CallChain chain = spawn.addTo(new CallChain(posix));
                keepOnly(posix, chain, socket, launcherSocket, request);
                MemorySegment word = posix.allocate(Integer.BYTES, Integer.BYTES);
                chain.then(LibcFunction.WRITE, 0, spawn.pid().address(), Integer.BYTES)
                        .then(LibcFunction.READ, 0, word.address(), 1);
                CallChain.Outcome outcome = chain.run();
                return spawn.pidOrThrow(outcome.errno(), posix.awaitChild(outcome.pid()));
            } finally {
                posix.write(posix.inherited(socket), new byte[Integer.BYTES]); // if the chain never got to its write
            }
        }
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
        chain.then(LibcFunction.CLOSE, launcherSocket);
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
