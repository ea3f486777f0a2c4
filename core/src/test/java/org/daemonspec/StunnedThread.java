package org.daemonspec;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;
import org.daemonspec.bindings.Libc;

/** A JVM one thread of which blocks SIGSEGV, as careless native code may do. */
final class StunnedThread {

    private static final int BYTES_OF_SIGNALS = 128;

    private StunnedThread() {}

    public static void main(String[] arguments) throws Exception {
        Thread thread = Thread.ofPlatform().name("stunned").start(StunnedThread::stun);
        thread.join();
    }

    private static void stun() {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle mask = Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker()
                                    .defaultLookup()
                                    .find("pthread_sigmask")
                                    .orElseThrow(),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.ADDRESS));
            MemorySegment set = arena.allocate(BYTES_OF_SIGNALS, Long.BYTES);
            set.set(ValueLayout.JAVA_LONG, 0, 1L << (Libc.SIGSEGV() - 1));
            int result = (int) mask.invokeExact(0, set, MemorySegment.NULL); // SIG_BLOCK
            System.out.println(result == 0 ? "stunned" : "errno " + result);
            TimeUnit.MINUTES.sleep(2);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
