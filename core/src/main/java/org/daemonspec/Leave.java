package org.daemonspec;

import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * How a launcher leaves: like _exit(2) after a flush. Shutdown hooks are the service's, and the service is elsewhere now.
 */
final class Leave {

    private Leave() {}

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
        try {
            return step.get();
        } catch (DaemonException e) {
            throw leave(String.valueOf(e.getMessage()), e.exitCode());
        } catch (UnsupportedOperationException e) {
            throw leave("daemonspec: " + e.getMessage(), DaemonException.EXIT_NOT_RUNNING);
        } catch (RuntimeException | Error e) {
            e.printStackTrace();
            throw leave(
                    "daemonspec: start failed: " + e + "; see the stack trace above.",
                    DaemonException.EXIT_NOT_RUNNING);
        }
    }

    private static AssertionError leave(String reason, int exitCode) {
        System.err.println(reason);
        return leave(exitCode);
    }

    private static AssertionError leave(int exitCode) {
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(exitCode);
        return new AssertionError("halt does not return");
    }
}
