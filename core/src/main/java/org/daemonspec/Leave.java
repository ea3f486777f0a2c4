package org.daemonspec;

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

    /** Nobody else. */
    private static final Witness NOBODY = new Witness() {
        @Override
        public void see(Throwable failure, String reason, int exitCode) {
            // stderr has it
        }
    };

    /** Loads what leaving takes, so that it does not take longer when somebody waits for nothing else. */
    static void prepare() {
        System.out.flush();
    }

    /** Leaves with this exit code: does not return. */
    static void with(int exitCode) {
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(exitCode);
    }

    /** Leaves with the reason of a failure: does not return, so that a caller may throw what it gives. */
    static AssertionError because(Throwable failure) {
        return because(failure, NOBODY);
    }

    /** The same with a witness, who does not change how the process leaves, even by failing. */
    static AssertionError because(Throwable failure, Witness witness) {
        if (failure instanceof DaemonException e) {
            return leave(e, String.valueOf(e.getMessage()), e.exitCode(), witness);
        }
        if (failure instanceof UnsupportedOperationException) {
            return leave(failure, "daemonspec: " + failure.getMessage(), DaemonException.EXIT_NOT_RUNNING, witness);
        }
        failure.printStackTrace();
        return leave(
                failure,
                "daemonspec: start failed: " + failure + "; see the stack trace above.",
                DaemonException.EXIT_NOT_RUNNING,
                witness);
    }

    private static AssertionError leave(Throwable failure, String reason, int exitCode, Witness witness) {
        System.err.println(reason);
        try {
            witness.see(failure, reason, exitCode);
        } finally {
            with(exitCode); // without native calls, for instance, nothing can be sent either
        }
        return new AssertionError("halt does not return");
    }
}
