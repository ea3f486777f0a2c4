package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
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

    /** For what takes a millisecond. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(1);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private static final Duration SHORTLY = Duration.ofMillis(1);

    private final Posix posix;
    private final Descriptor launcherEnd;
    private final Descriptor intermediateEnd;
    private final OnPlatformThread<Integer> chain;
    private final Optional<ContextSteps> steps;
    private final MemorySegment intermediate;
    private final MemorySegment program;
    private final int pid;
    private final Optional<Descriptor> pidfd;
    private boolean watching = true;
    private boolean gateIsShut;

    private WatchedSpawn(Posix posix, SpawnRequest request) {
        this.posix = posix;
        this.steps = request.context().isInherited()
                ? Optional.empty()
                : Optional.of(new ContextSteps(posix, request.context(), Optional.of(request.workingDirectory())));
        this.gateIsShut = steps.isPresent();
        this.intermediate = posix.allocate(Integer.BYTES, Integer.BYTES);
        this.program = posix.allocate(Integer.BYTES, Integer.BYTES);
        long pidAddress = intermediate.address();
        long programAddress = program.address();
        var ends = posix.socketPair();
        this.launcherEnd = ends.getFirst();
        this.intermediateEnd = ends.getLast();
        int socket = intermediateEnd.number();
        int launcherSocket = launcherEnd.number();
        try {
            this.chain = OnPlatformThread.start("daemonspec-intermediate", new Supplier<>() {
                @Override
                public Integer get() {
                    return run(request, steps, socket, launcherSocket, pidAddress, programAddress);
                }
            });
        } catch (SystemCallException noMoreThreads) {
            launcherEnd.close();
            intermediateEnd.close();
            throw noMoreThreads;
        }
        try {
            this.pid = Spawn.inItsOwnSession(posix, awaitPid(request.context()));
            this.pidfd = posix.tryOpenProcess(pid);
        } catch (RuntimeException | Error e) {
            abandon();
            throw e;
        }
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

    /** The new process, to be signalled and waited for while this is open. */
    public ProcessReference process() {
        return new ProcessReference(
                pid, pidfd.isPresent() ? OptionalInt.of(pidfd.get().number()) : OptionalInt.empty());
    }

    private int awaitPid(ProcessContext context) {
        if (steps.isPresent()) {
            int atGate = readPid();
            if (atGate == 0) {
                return failure();
            }
            List<String> refusals = refusals(atGate, context);
            if (!refusals.isEmpty()) {
                throw new RefusedContextException(refusals);
            }
            gateIsShut = false;
            posix.write(launcherEnd, LET_GO);
            awaitSign();
            posix.read(launcherEnd, LET_GO.length);
        }
        awaitProgramOrEnd();
        int started = programPid();
        return started == 0 ? failure() : started;
    }

    /** The pid is in memory before the word that says so is written; a chain whose write fails waits without a word. */
    private void awaitProgramOrEnd() {
        long begin = System.nanoTime();
        while (!posix.awaitReadable(launcherEnd, BETWEEN_LOOKS) && programPid() == 0) {
            if (steps.isPresent() && System.nanoTime() - begin >= PATIENCE.toNanos()) {
                throw tooLate();
            }
        }
    }

    private int programPid() {
        return NativeMemory.getInt(program, 0);
    }

    private int readPid() {
        awaitSign();
        byte[] word = posix.read(launcherEnd, Integer.BYTES);
        return word.length == Integer.BYTES
                ? ByteBuffer.wrap(word).order(ByteOrder.nativeOrder()).getInt()
                : 0;
    }

    /** Whose process the intermediate one has become may stop it: then the launcher does not wait for ever. */
    private void awaitSign() {
        if (steps.isPresent() && !posix.awaitReadable(launcherEnd, PATIENCE)) {
            throw tooLate();
        }
    }

    private RefusedContextException tooLate() {
        return new RefusedContextException("process " + intermediatePid() + " did not come to its execve(2) within "
                + PATIENCE.toSeconds() + " s, so it was killed; see whether somebody has stopped it");
    }

    private int intermediatePid() {
        return NativeMemory.getInt(intermediate, 0);
    }

    /** Throws what kept the program from starting. */
    private int failure() {
        close();
        return chain.await();
    }

    /** What was refused, and what is in force instead; whoever is not what was asked for ends, and nothing was executed. */
    private List<String> refusals(int atGate, ProcessContext context) {
        List<String> refusals = new ArrayList<>(steps.orElseThrow().refusals());
        if (refusals.isEmpty()) {
            context.oomScoreAdjust().ifPresent(value -> ContextProof.adjustOomScore(atGate, value));
        }
        refusals.addAll(ContextProof.differences(atGate, context));
        return refusals;
    }

    /**
     * Ends a start that is not to be. To who waits at the gate, a closed socket means the end; whatever state he is in, so does
     * SIGKILL, which only a launcher without root's rights may be refused. Behind the gate there is, or is about to be, a program,
     * which is ended while the intermediate process is its parent: until then its pid is nobody else's.
     */
    private void abandon() {
        if (watching) {
            watching = false;
            if (!gateIsShut) {
                endProgram();
            }
            posix.shutDown(launcherEnd);
            if (gateIsShut || !chain.isOverWithin(LONGEST_FAREWELL)) {
                posix.tryKill(intermediatePid());
            }
            finish();
        }
    }

    private void endProgram() {
        long begin = System.nanoTime();
        while (programPid() == 0 && !chain.isOverWithin(SHORTLY) && System.nanoTime() - begin < PATIENCE.toNanos()) {
            posix.pause(SHORTLY);
        }
        Spawn.kill(posix, programPid());
    }

    /** Lets go: the new process's parent is init or the nearest subreaper when this returns. Repeating it does nothing. */
    @Override
    public void close() {
        if (watching) {
            watching = false;
            letGo();
            if (steps.isPresent()) {
                if (!chain.isOverWithin(LONGEST_FAREWELL)) { // another user's process by now, who may have stopped it
                    posix.tryKill(intermediatePid());
                }
            }
            finish();
        }
    }

    /** By a word, or by the end of the file; the start has succeeded or failed before that. */
    private void letGo() {
        try {
            posix.write(launcherEnd, LET_GO);
        } catch (SystemCallException e) {
            posix.shutDown(launcherEnd);
        }
    }

    private void finish() {
        chain.awaitEnd();
        launcherEnd.close();
        intermediateEnd.close();
        if (pidfd != null) { // not so if the constructor has failed
            close(pidfd);
        }
    }

    private static void close(Optional<Descriptor> descriptor) {
        if (descriptor.isPresent()) {
            descriptor.get().close();
        }
    }

    /** On the thread that sleeps for the intermediate process. */
    private static int run(
            SpawnRequest request,
            Optional<ContextSteps> steps,
            int socket,
            int launcherSocket,
            long pidAddress,
            long programAddress) {
        try (Posix posix = Posix.open()) {
            try (PreparedSpawn spawn = new PreparedSpawn(posix, request, programAddress)) {
                CallChain chain = new CallChain(posix).writingPidTo(pidAddress);
                MemorySegment word = posix.allocate(Integer.BYTES, Integer.BYTES);
                spawn.addSessionTo(chain);
                if (request.context().identity().isPresent()) {
                    chain.withoutHandlers();
                }
                if (steps.isPresent()) {
                    addGate(posix, chain, steps.get(), socket, launcherSocket, pidAddress, word);
                }
                spawn.addSpawnTo(chain);
                keepOnly(posix, chain, socket, launcherSocket, request);
                chain.then(LibcFunction.WRITE, 0, spawn.pid().address(), Integer.BYTES)
                        .then(LibcFunction.READ, 0, word.address(), LET_GO.length);
                CallChain.Outcome outcome =
                        request.context().identity().isPresent() ? unseen(posix, chain) : chain.run();
                return spawn.pidOrThrow(outcome, posix.awaitChild(outcome.pid()));
            } finally {
                tellOfEnd(posix, socket);
            }
        }
    }

    /** If the chain never got to its write; a launcher that has given up does not want to know. */
    private static void tellOfEnd(Posix posix, int socket) {
        try {
            posix.write(posix.inherited(socket), new byte[Integer.BYTES]);
        } catch (SystemCallException e) {
            if (!e.is(Errno.EPIPE)) {
                throw e;
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

    /**
     * The launcher's end is closed, so that the launcher's death is the end of the file. The intermediate process of another start
     * at the same moment may have a copy of it, though, and wait at its own gate: so the launcher's death is a signal, too. It
     * comes last, since a change of identity takes it away.
     */
    private static void addGate(
            Posix posix,
            CallChain chain,
            ContextSteps context,
            int socket,
            int launcherSocket,
            long pidAddress,
            MemorySegment word) {
        chain.endingByBrokenPipe().then(LibcFunction.CLOSE, launcherSocket);
        context.addTo(chain, posix.errnoOfThisThread());
        chain.then(LibcFunction.PRCTL, Libc.PR_SET_PDEATHSIG(), Libc.SIGKILL(), 0, 0, 0)
                .then(LibcFunction.WRITE, socket, pidAddress, Integer.BYTES)
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
        SortedSet<Integer> sources = new TreeSet<>();
        for (Descriptor source : request.descriptors().values()) {
            sources.add(source.number());
        }
        for (int source : sources) {
            chain.then(LibcFunction.CLOSE, source);
        }
        chain.then(LibcFunction.DUP2, socket, 0);
    }

    /** Asks with a range in which there is no descriptor. */
    private static boolean closesRanges(Posix posix) {
        return LibcFunction.CLOSE_RANGE.isAvailable()
                && posix.intCall(LibcFunction.CLOSE_RANGE, Integer.MAX_VALUE, Integer.MAX_VALUE, 0) == 0;
    }
}
