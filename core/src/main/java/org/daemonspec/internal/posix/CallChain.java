package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.daemonspec.bindings.Libc;

/**
 * A sequence of libc calls that runs in a child process, with no bytecode in between: the native call chain.
 *
 * <h2>The problem</h2>
 *
 * <p>A daemon is made between fork(2) and execve(2): a new session, another umask, a second fork. After {@code fork()} only
 * the calling thread exists in the child. A JVM is many threads that wait for each other: the first safepoint, handshake,
 * collection or compilation that the child meets waits for a thread that was not copied, and the child hangs for ever.
 * This is not rare (about one child in two beside a busy heap) and no option of the linker changes it. So whatever runs
 * in the child must not be Java. C has a compiler for that; we have libc itself.
 *
 * <h2>The trick</h2>
 *
 * <p>{@code makecontext(3)} prepares a context: a stack on which one function is about to be entered with up to six given
 * arguments, and in {@code uc_link} the context to go to when that function returns. Any libc function will do. Linked
 * contexts are a program made of calls:
 *
 * <pre>{@code
 * clone(setcontext, stack, CLONE_VM|CLONE_VFORK|SIGCHLD, &context[0])
 *
 *   context[0]  setsid()             uc_link -> context[1]
 *   context[1]  umask(022)           uc_link -> context[2]
 *   context[2]  posix_spawn(...)     uc_link -> context[3]
 *   context[3]  _exit(0)
 * }</pre>
 *
 * <p>{@code clone(2)} starts the child in a function of one argument, and {@code setcontext(&context[0])} is one. From there
 * libc runs the whole chain. The JVM sees a single native call, during which the calling thread is, as in any native call,
 * at a safepoint: collections and compilations go on around it.
 *
 * <h2>Why these flags</h2>
 *
 * <ul>
 *   <li>CLONE_VM: the child shares our memory instead of copying page tables, so that it costs the same with a heap of any
 *       size, and what the calls write (the pid from posix_spawn, errno) is ours to read afterwards.
 *   <li>CLONE_VFORK: the calling thread sleeps until the child has ended. Nobody else runs on its thread-local storage,
 *       which the child borrows, and the chain's memory cannot be freed too early.
 *   <li>CLONE_PARENT_SETTID: the child's pid is known before the child runs, to the child too.
 *   <li>Neither CLONE_FILES nor CLONE_FS: descriptors, working directory and umask are copies; what the child does to them
 *       does not show here.
 * </ul>
 *
 * <h2>The rules</h2>
 *
 * <ul>
 *   <li>A chain cannot branch: after a call that failed, the next one runs. Put into a chain only what cannot fail, what
 *       may fail without harm, and at most one call whose failure matters, as long as no later call sets errno.
 *       {@link Outcome#errno()} is what errno was at the end.
 *   <li>Asynchronous signals are blocked in the calling thread around clone, so that no handler of the JVM runs in the
 *       child. SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGTRAP are not: the JVM raises them itself on its way back to Java
 *       (safepoint polls, null checks), and the kernel kills a process that raises one while it is blocked.
 *   <li>setcontext restores the signal mask that getcontext saw, so the contexts are taken while signals are blocked.
 *   <li>makecontext writes the entry frame onto the stack at once, so each context has a stack of its own.
 *   <li>One chain runs on one platform thread from beginning to end; on a virtual thread a carrier's mask could change.
 * </ul>
 *
 * <p>glibc on x86-64 and aarch64 passes makecontext's arguments as whole registers, although the standard promises
 * {@code int}. See clone(2), makecontext(3), getcontext(3), vfork(2), signal-safety(7).
 *
 * <p>Not thread-safe; lives as long as its {@link Posix}.
 */
final class CallChain {

    /** setsid, umask, close and the like run in a few hundred bytes; the rest is for the dynamic linker's first-call work. */
    private static final long STACK_SIZE = 16 * 1024;

    /** posix_spawn keeps signal sets and its request on the stack (the new process gets a stack of its own). */
    private static final long SPAWN_STACK_SIZE = 64 * 1024;

    private static final long STACK_ALIGNMENT = 16;

    private static final List<Integer> RAISED_BY_PROCESSOR =
            List.of(Libc.SIGSEGV(), Libc.SIGBUS(), Libc.SIGFPE(), Libc.SIGILL(), Libc.SIGTRAP());

    /** A null pointer on every Linux; a cast that jextract cannot generate. */
    static final long SIG_DFL = 0;

    private record Call(LibcFunction function, List<Long> arguments) {
        long stackSize() {
            return function == LibcFunction.POSIX_SPAWN ? SPAWN_STACK_SIZE : STACK_SIZE;
        }
    }

    /**
     * How a chain went.
     *
     * @param pid the process that ran it; it has ended and waits to be reaped
     * @param errno what errno was when the chain was through; from before it if no call failed
     */
    record Outcome(int pid, int errno) {}

    private final Posix posix;
    private final List<Call> calls = new ArrayList<>();
    private long pidAddress;
    private boolean endsByBrokenPipe;

    CallChain(Posix posix) {
        this.posix = posix;
        this.pidAddress = posix.allocate(Integer.BYTES, Integer.BYTES).address();
    }

    /** Has clone(2) write the child's pid to an address before the child runs. */
    CallChain writingPidTo(long address) {
        pidAddress = address;
        return this;
    }

    /**
     * Takes the JVM's handlers for what the processor raises away from the child, first of all: when the child has become another
     * user's process, that user may send it SIGSEGV, and a handler of the JVM would then work in our memory on what never
     * happened here. Now the child just ends. (Dispositions are the child's own: there is no CLONE_SIGHAND.)
     */
    CallChain withoutHandlers() {
        for (int signal : RAISED_BY_PROCESSOR) {
            then(LibcFunction.SIGNAL, signal, SIG_DFL);
        }
        return this;
    }

    /**
     * Lets SIGPIPE end the child: the one way for a chain to stop before its end. A write to a socket whose other end is closed,
     * because the launcher is no more, ends it.
     */
    CallChain endingByBrokenPipe() {
        endsByBrokenPipe = true;
        return then(LibcFunction.SIGNAL, Libc.SIGPIPE(), SIG_DFL);
    }

    /** Adds a call of at most six arguments, each a number or an address that outlives the run. */
    CallChain then(LibcFunction function, long... arguments) {
        calls.add(new Call(function, Arrays.stream(arguments).boxed().toList()));
        return this;
    }

    /**
     * Runs the calls and then {@code _exit(0)} in a child process, which the caller has to reap; returns when the child has
     * ended.
     *
     * @throws SystemCallException if the child could not be made
     */
    Outcome run() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a native call chain runs on a platform thread");
        }
        then(LibcFunction._EXIT, 0);
        MemorySegment callerMask = blockAsynchronousSignals();
        try {
            MemorySegment first = link();
            MemorySegment stack = stack(STACK_SIZE);
            long flags = Libc.CLONE_VM() | Libc.CLONE_VFORK() | Libc.CLONE_PARENT_SETTID() | Libc.SIGCHLD();
            int child = posix.intCall(
                    LibcFunction.CLONE,
                    LibcFunction.SETCONTEXT.address(),
                    stack.address() + stack.byteSize(),
                    flags,
                    first.address(),
                    pidAddress);
            int errno = NativeCall.capturedErrno(posix.errno());
            return new Outcome(Posix.checked(child, "clone", ""), errno);
        } finally {
            setSignalMask(callerMask);
        }
    }

    /** Makes a context for each call, last to first, since each names its successor; returns the first. */
    private MemorySegment link() {
        MemorySegment next = MemorySegment.NULL;
        for (Call call : calls.reversed()) {
            next = context(call, next);
        }
        return next;
    }

    private MemorySegment context(Call call, MemorySegment successor) {
        MemorySegment context = posix.allocate(posix.platform().contextSize(), STACK_ALIGNMENT);
        Posix.checked(posix.intCall(LibcFunction.GETCONTEXT, context.address()), "getcontext", "");

        MemorySegment stack = stack(call.stackSize());
        MemorySegment stackField = context.asSlice(Libc.UCONTEXT_T_UC_STACK());
        org.daemonspec.bindings.stack_t.ss_sp(stackField, stack);
        org.daemonspec.bindings.stack_t.ss_size(stackField, stack.byteSize());
        context.set(ValueLayout.ADDRESS, Libc.UCONTEXT_T_UC_LINK(), successor);

        long[] arguments = new long[NativeCall.MAX_ARGUMENTS];
        arguments[0] = context.address();
        arguments[1] = call.function().address();
        arguments[2] = call.arguments().size();
        for (int i = 0; i < call.arguments().size(); i++) {
            arguments[3 + i] = call.arguments().get(i);
        }
        posix.intCall(LibcFunction.MAKECONTEXT, arguments);
        return context;
    }

    private MemorySegment stack(long size) {
        return posix.allocate(size, STACK_ALIGNMENT);
    }

    /** Blocks all signals but those that the processor raises; returns the mask to be restored. */
    private MemorySegment blockAsynchronousSignals() {
        MemorySegment blocked = posix.allocate(Libc.SIGSET_T_SIZE(), Long.BYTES);
        posix.intCall(LibcFunction.SIGFILLSET, blocked.address());
        for (int signal : RAISED_BY_PROCESSOR) {
            posix.intCall(LibcFunction.SIGDELSET, blocked.address(), signal);
        }
        if (endsByBrokenPipe) {
            posix.intCall(LibcFunction.SIGDELSET, blocked.address(), Libc.SIGPIPE());
        }
        return setSignalMask(blocked);
    }

    /** pthread_sigmask(3) for the calling thread; returns the mask that was in force. */
    private MemorySegment setSignalMask(MemorySegment mask) {
        MemorySegment before = posix.allocate(Libc.SIGSET_T_SIZE(), Long.BYTES);
        int result = posix.errorNumberCall(
                LibcFunction.PTHREAD_SIGMASK, Libc.SIG_SETMASK(), mask.address(), before.address());
        Posix.checked(result, "pthread_sigmask", "");
        return before;
    }
}
