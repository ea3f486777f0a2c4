package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
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
 *   <li>makecontext writes the entry frame onto the stack at once, and a call uses what is below its own. The calls run one after
 *       another, so one stack is enough if each entry frame lies above that of the call before: what has run may be
 *       overwritten, what is to run is not. clone's child begins below them all.
 *   <li>One chain runs on one platform thread from beginning to end; on a virtual thread a carrier's mask could change.
 * </ul>
 *
 * <p>glibc on x86-64 and aarch64 passes makecontext's arguments as whole registers, although the standard promises
 * {@code int}. See clone(2), makecontext(3), getcontext(3), vfork(2), signal-safety(7).
 *
 * <p>Not thread-safe; lives as long as its {@link Posix}.
 */
final class CallChain {

    /**
     * posix_spawn keeps signal sets and its request on the stack (the new process gets a stack of its own), and any first call
     * needs room for the dynamic linker's work.
     */
    private static final int STACK_SIZE = 64 * 1024;

    /** What makecontext writes at the upper end of a stack for up to six arguments is 32 bytes on x86-64, none on aarch64. */
    private static final int ENTRY_FRAME = 256;

    private static final int STACK_ALIGNMENT = 16;

    private static final int MOST_ARGUMENTS = 6;

    /** A null pointer on every Linux; a cast that jextract cannot generate. */
    static final long SIG_DFL = 0;

    private static final class Call {

        private final LibcFunction function;
        private final long[] arguments;

        private Call(LibcFunction function, long[] arguments) {
            this.function = function;
            this.arguments = arguments;
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
        for (int signal : raisedByProcessor()) {
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
        if (arguments.length > MOST_ARGUMENTS) {
            throw new IllegalArgumentException(function.symbol() + " has more arguments than fit into registers");
        }
        calls.add(new Call(function, arguments));
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
            long stack = posix.allocate(STACK_SIZE + (long) ENTRY_FRAME * calls.size(), STACK_ALIGNMENT)
                    .address();
            long first = link(stack);
            long flags = Libc.CLONE_VM() | Libc.CLONE_VFORK() | Libc.CLONE_PARENT_SETTID() | Libc.SIGCHLD();
            int child = posix.intCall(
                    LibcFunction.CLONE,
                    LibcFunction.SETCONTEXT.address(),
                    stack + STACK_SIZE,
                    flags,
                    first,
                    pidAddress);
            int errno = NativeCall.capturedErrno(posix.errno());
            return new Outcome(Posix.checked(child, "clone", ""), errno);
        } finally {
            // Cannot fail with what it has given itself; what the child has done would not depend on it.
            posix.errorNumberCall(LibcFunction.PTHREAD_SIGMASK, Libc.SIG_SETMASK(), callerMask.address(), 0);
        }
    }

    /**
     * Makes a context for each call, last to first, since each names its successor; returns the address of the first. Each stack ends
     * one frame above that of its predecessor, see the rules.
     */
    private long link(long stack) {
        long contextSize = posix.platform().contextSize();
        MemorySegment contexts = posix.allocate(contextSize * calls.size(), STACK_ALIGNMENT);
        long next = 0;
        for (int i = calls.size() - 1; i >= 0; i--) {
            MemorySegment context = contexts.asSlice(contextSize * i, contextSize);
            prepare(context, calls.get(i), stack, STACK_SIZE + (long) ENTRY_FRAME * (i + 1), next);
            next = context.address();
        }
        return next;
    }

    private void prepare(MemorySegment context, Call call, long stack, long stackSize, long successor) {
        Posix.checked(posix.intCall(LibcFunction.GETCONTEXT, context.address()), "getcontext", "");
        int stackField = Libc.UCONTEXT_T_UC_STACK();
        NativeMemory.putLong(context, stackField + CStruct.Stack_t.SS_SP, stack);
        NativeMemory.putLong(context, stackField + CStruct.Stack_t.SS_SIZE, stackSize);
        NativeMemory.putLong(context, Libc.UCONTEXT_T_UC_LINK(), successor);

        long[] arguments = new long[3 + call.arguments.length];
        arguments[0] = context.address();
        arguments[1] = call.function.address();
        arguments[2] = call.arguments.length;
        System.arraycopy(call.arguments, 0, arguments, 3, call.arguments.length);
        posix.intCall(LibcFunction.MAKECONTEXT, arguments);
    }

    private static int[] raisedByProcessor() {
        return new int[] {Libc.SIGSEGV(), Libc.SIGBUS(), Libc.SIGFPE(), Libc.SIGILL(), Libc.SIGTRAP()};
    }

    /** Blocks all signals but those that the processor raises; returns the mask to be restored. */
    private MemorySegment blockAsynchronousSignals() {
        MemorySegment blocked = posix.allocate(Libc.SIGSET_T_SIZE(), Long.BYTES);
        posix.intCall(LibcFunction.SIGFILLSET, blocked.address());
        for (int signal : raisedByProcessor()) {
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
