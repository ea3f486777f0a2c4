package org.daemonspec.internal.posix;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongUnaryOperator;

/** Everything in a JVM that stops all its threads now and then. */
public final class JvmLoad {

    private static final int KEPT = 256;
    private static final int ONE_BREATH_IN = 64;
    private static final Duration BREATH = Duration.ofMillis(2);
    private static final Duration BREATH_OF_COMPILERS = Duration.ofMillis(25);
    private static final int LARGEST = 64 * 1024;

    private JvmLoad() {}

    /** Begins, on threads of its own, which end with the JVM. */
    public static void start() {
        Thread.ofPlatform().daemon().name("allocating").start(JvmLoad::allocate);
        Thread.ofPlatform().daemon().name("collecting").start(JvmLoad::collect);
        Thread.ofPlatform().daemon().name("compiling").start(JvmLoad::compile);
    }

    private static void allocate() {
        byte[][] kept = new byte[KEPT][];
        for (int i = 0; ; i++) {
            kept[i % KEPT] = new byte[1 + Math.floorMod(i * 31, LARGEST)];
            if (i % ONE_BREATH_IN == 0) {
                sleep(BREATH);
            }
        }
    }

    private static void collect() {
        while (true) {
            sleep(Duration.ofMillis(200));
            System.gc();
        }
    }

    /** A new class each time, run until both compilers have taken it up; the collector unloads it again. */
    private static void compile() {
        byte[] code = codeOfKernel();
        while (true) {
            LongUnaryOperator kernel = kernel(code);
            for (long i = 0, x = 0; i < 20_000; i++) {
                x = kernel.applyAsLong(x);
            }
            sleep(BREATH_OF_COMPILERS);
        }
    }

    private static LongUnaryOperator kernel(byte[] code) {
        try {
            return (LongUnaryOperator) MethodHandles.lookup()
                    .defineHiddenClass(code, true)
                    .lookupClass()
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] codeOfKernel() {
        String name = Kernel.class.getName();
        try (InputStream code =
                Kernel.class.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
            return Objects.requireNonNull(code).readAllBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What is compiled again and again. */
    static final class Kernel implements LongUnaryOperator {

        Kernel() {}

        @Override
        public long applyAsLong(long x) {
            long y = x;
            for (int i = 0; i < 8; i++) {
                y = y * 6364136223846793005L + 1442695040888963407L ^ y >>> 33;
            }
            return y;
        }
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
