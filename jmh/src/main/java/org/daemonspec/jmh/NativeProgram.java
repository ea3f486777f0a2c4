package org.daemonspec.jmh;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.util.Arrays;

/** The least that a JVM can do with a native call: getpid(2), once, with errno, by the JDK's API and nothing else. */
final class NativeProgram {

    /** See {@link #main}. */
    static final String HALT = "halt";

    private static final MethodHandle GETPID = link();

    private NativeProgram() {}

    @SuppressWarnings("restricted")
    private static MethodHandle link() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find("getpid").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT),
                Linker.Option.captureCallState("errno"));
    }

    /**
     * Says its pid. With the argument {@value #HALT}, it waits for a line then, says what time it is, and halts; with others, it becomes the
     * program with this main class and these arguments.
     */
    public static void main(String[] arguments) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            System.out.println((int) GETPID.invokeExact(errno));
        }
        if (arguments.length == 0) {
            return;
        }
        if (arguments[0].equals(HALT)) {
            System.in.read();
            System.out.println(System.nanoTime());
            Runtime.getRuntime().halt(0);
        }
        Method main = Class.forName(arguments[0]).getDeclaredMethod("main", String[].class);
        main.setAccessible(true);
        main.invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
    }
}
