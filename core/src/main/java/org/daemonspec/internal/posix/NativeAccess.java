package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.daemonspec.bindings.Libc;

/** Whether the JVM lets this library call native code, see JEP 454 and JEP 472. */
public final class NativeAccess {

    private static final AtomicBoolean PREPARED = new AtomicBoolean();

    private NativeAccess() {}

    /** The option that grants it. */
    public static String option() {
        Module self = NativeAccess.class.getModule();
        return "--enable-native-access="
                + (self.isNamed() ? self.getName() + "," + bindings().getName() : "ALL-UNNAMED");
    }

    /**
     * Tries what is restricted, before any class of the bindings is initialized: one that fails to be is lost for good.
     *
     * @throws UnsupportedOperationException if the JVM was told to deny it
     */
    @SuppressWarnings("restricted")
    static void require() {
        try {
            MemorySegment.NULL.reinterpret(0);
        } catch (IllegalCallerException e) {
            throw new UnsupportedOperationException(
                    "This JVM denies native access; add " + option() + " to the java command line.", e);
        }
    }

    /**
     * Has another thread make the first native call, which takes a fresh JVM a tenth of a second, while this one goes on. Whoever
     * needs a call meanwhile waits for that thread. What keeps it from working is left for them to find, and to say. To be called
     * when a native call is certain to come: without that it would be CPU time for nothing. Does nothing the second time.
     */
    public static void prepareInBackground() {
        if (!NativeAccess.class.getModule().isNativeAccessEnabled()) {
            return; // the JVM would write a warning about who calls first, and perhaps nobody does
        }
        if (!PREPARED.compareAndSet(false, true)) {
            return;
        }
        Thread thread = new Thread(new Runnable() {
            @Override
            public void run() {
                prepare();
            }
        });
        thread.setName("daemonspec-native-access");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError noMoreThreads) {
            // then it is done when it is needed
        }
    }

    private static void prepare() {
        try (Posix posix = Posix.open()) {
            posix.effectiveUser();
        } catch (RuntimeException | LinkageError | OutOfMemoryError anything) {
            // as said above
        }
    }

    private static Module bindings() {
        return Libc.class.getModule();
    }
}
