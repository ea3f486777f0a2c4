package org.daemonspec.internal.posix;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * The one shape in which every libc function is called: nine registers' worth of arguments, one back, errno captured.
 *
 * <p>The JVM compiles a stub for every distinct function descriptor that it links, which costs 6 to 15 ms each in a fresh
 * JVM; further functions of a known shape cost next to nothing. A start needs about a dozen shapes, so all of them are
 * called through one. The System V ABI of x86-64 and the AAPCS64 of aarch64 allow it, for functions whose parameters are
 * integers and pointers only (the audit test proves that of each function in {@link LibcFunction}):
 *
 * <ul>
 *   <li>each argument occupies one whole register, and a callee that takes an {@code int} looks at its lower half only;
 *   <li>a callee does not look at arguments beyond those it declares, and the caller clears the stack;
 *   <li>a variadic callee on x86-64 wants the number of vector registers in {@code al}; {@code firstVariadicArg} sets it,
 *       and a callee that is not variadic does not look;
 *   <li>an {@code int} result is the lower half of the result register: {@link #intCall} cuts it off.
 * </ul>
 *
 * <p>Contract of every call, see {@code docs/adr/0003-errno-contract.md}: the value if it is not negative, otherwise
 * {@code -errno}. Thread-safe; the errno segment belongs to the caller.
 */
final class NativeCall {

    static final int MAX_ARGUMENTS = 9;

    private static final MethodHandle HANDLE = link();

    private NativeCall() {}

    /** Calls a function that returns {@code int}. */
    static int intCall(MemorySegment errno, LibcFunction function, long... arguments) {
        int result = (int) call(errno, function, arguments);
        return result < 0 ? -capturedErrno(errno) : result;
    }

    /** Calls a function that returns {@code unsigned int} and cannot fail. */
    static long unsignedCall(MemorySegment errno, LibcFunction function, long... arguments) {
        return call(errno, function, arguments) & 0xFFFF_FFFFL;
    }

    /** Calls a function that returns {@code ssize_t}, {@code off_t} or {@code long}. */
    static long longCall(MemorySegment errno, LibcFunction function, long... arguments) {
        long result = call(errno, function, arguments);
        return result < 0 ? -capturedErrno(errno) : result;
    }

    /** Calls a function that returns a pointer; 0 is {@code NULL}. */
    static long pointerCall(MemorySegment errno, LibcFunction function, long... arguments) {
        return call(errno, function, arguments);
    }

    /** Calls a function that returns 0 or an error number instead of setting errno, as POSIX threads and spawn do. */
    static int errorNumberCall(MemorySegment errno, LibcFunction function, long... arguments) {
        return -(int) call(errno, function, arguments);
    }

    /** What errno was when the last call through {@code errno} returned, whether that call failed or not. */
    static int capturedErrno(MemorySegment errno) {
        return NativeMemory.getInt(errno, 0);
    }

    private static long call(MemorySegment errno, LibcFunction function, long... a) {
        try {
            return (long) HANDLE.invokeExact(
                    function.entry(),
                    errno,
                    at(a, 0),
                    at(a, 1),
                    at(a, 2),
                    at(a, 3),
                    at(a, 4),
                    at(a, 5),
                    at(a, 6),
                    at(a, 7),
                    at(a, 8));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws no checked exception", e);
        }
    }

    /** No copy with zeros behind it: the compiler does without the array at all then. */
    private static long at(long[] arguments, int register) {
        return register < arguments.length ? arguments[register] : 0;
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link() {
        MemoryLayout[] registers = new MemoryLayout[MAX_ARGUMENTS];
        Arrays.fill(registers, ValueLayout.JAVA_LONG);
        return Linker.nativeLinker()
                .downcallHandle(
                        FunctionDescriptor.of(ValueLayout.JAVA_LONG, registers),
                        Linker.Option.captureCallState("errno"),
                        Linker.Option.firstVariadicArg(0));
    }
}
