package org.daemonspec.internal.posix;

import java.lang.foreign.MemorySegment;
import org.daemonspec.bindings.Libc;

/** Whether the JVM lets this library call native code, see JEP 454 and JEP 472. */
public final class NativeAccess {

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

    private static Module bindings() {
        return Libc.class.getModule();
    }
}
