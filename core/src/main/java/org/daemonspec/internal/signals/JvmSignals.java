package org.daemonspec.internal.signals;

import java.util.function.Consumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What this JVM does on SIGTERM, SIGINT and SIGHUP. Java has no other way to handle a signal: shutdown hooks can neither change
 * the exit status nor go on after SIGHUP, and a handler in native code may not call Java.
 *
 * <p>{@code sun.misc.Signal} is exported for exactly this, and nothing replaces it. javac warns of it in a way that no option
 * or annotation turns off, so this class is compiled on its own, where warnings are no errors; see this module's pom. It uses
 * nothing of daemonspec, and nothing else may use {@code sun.misc}.
 */
public final class JvmSignals {

    private JvmSignals() {}

    /** Puts things back as they were. */
    private record Restoration(Signal signal, SignalHandler former) implements Runnable {

        @Override
        public void run() {
            Signal.handle(signal, former);
        }
    }

    /**
     * Has an action run, on a thread of its own each time, whenever the signal comes. Does nothing if the signal was ignored
     * from the start, as under nohup(1).
     *
     * @param name without SIG
     * @return what puts things back as they were
     * @throws IllegalArgumentException if the JVM leaves the signal to the system, as with -Xrs
     */
    public static Runnable handle(String name, Consumer<String> action) {
        Signal signal = new Signal(name);
        SignalHandler former = Signal.handle(signal, new SignalHandler() {
            @Override
            public void handle(Signal received) {
                action.accept("SIG" + received.getName());
            }
        });
        if (former.equals(SignalHandler.SIG_IGN)) {
            Signal.handle(signal, former);
        }
        return new Restoration(signal, former);
    }
}
