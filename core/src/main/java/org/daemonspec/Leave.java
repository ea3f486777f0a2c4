package org.daemonspec;

import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * How a launcher leaves: like _exit(2) after a flush. Shutdown hooks are the service's, and the service is elsewhere now.
 */
final class Leave {

    private Leave() {}

    /** Who else is to know why the process leaves. */
    @FunctionalInterface
    interface Witness {

        /** Learns it, after stderr. */
        void see(Throwable failure, String reason, int exitCode);
    }

    /** Leaves with 0 if the start succeeds, otherwise with the reason. */
    static void after(Runnable start) {
        ifFailing(() -> {
            start.run();
            return 0;
        });
        leave(0);
    }

    /** Leaves with the exit code that the work gives, or with the reason why it failed. */
    static void with(IntSupplier work) {
        leave(ifFailing(work::getAsInt));
    }

    /** Leaves with the reason if a step fails, otherwise gives its value. */
    static <T> T ifFailing(Supplier<T> step) {
        return ifFailing(step, (failure, reason, exitCode) -> {});
    }

    /** The same with a witness, who does not change how the process leaves, even by failing. */
    static <T> T ifFailing(Supplier<T> step, Witness witness) {
        try {
            return step.get();
        } catch (DaemonException e) {
            throw leave(e, String.valueOf(e.getMessage()), e.exitCode(), witness);
        } catch (UnsupportedOperationException e) {
            throw leave(e, "daemonspec: " + e.getMessage(), DaemonException.EXIT_NOT_RUNNING, witness);
        } catch (RuntimeException | Error e) {
            e.printStackTrace();
            throw leave(
                    e,
                    "daemonspec: start failed: " + e + "; see the stack trace above.",
                    DaemonException.EXIT_NOT_RUNNING,
                    witness);
        }
    }

    private static AssertionError leave(Throwable failure, String reason, int exitCode, Witness witness) {
        System.err.println(reason);
        try {
            witness.see(failure, reason, exitCode);
        } finally {
            leave(exitCode); // without native calls, for instance, nothing can be sent either
        }
        return new AssertionError("halt does not return");
    }

    private static AssertionError leave(int exitCode) {
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(exitCode);
        return new AssertionError("halt does not return");
    }
}
