package org.daemonspec.internal.posix;

/**
 * Starts a program as a daemon: an intermediate process makes a session and ends at once, so that the new process leads no
 * session (it can never get a controlling terminal) and its parent is init or the nearest subreaper.
 */
public final class Spawn {

    private Spawn() {}

    /**
     * Starts the program; returns its pid when its execve(2) has succeeded. Thread-safe. Works on the calling thread if that
     * is a platform thread, otherwise on one of its own.
     *
     * @throws SystemCallException with errno if no process could be made or the program could not be executed
     * @throws RefusedContextException if the process could not be made what the request says; then nothing was executed
     */
    public static int start(SpawnRequest request) {
        if (!request.context().isInherited()) {
            try (Posix posix = Posix.open();
                    WatchedSpawn program = WatchedSpawn.start(posix, request)) {
                return program.pid();
            }
        }
        if (Thread.currentThread().isVirtual()) {
            return OnPlatformThread.start("daemonspec-spawn", () -> run(request))
                    .await();
        }
        return run(request);
    }

    private static int run(SpawnRequest request) {
        try (Posix posix = Posix.open();
                OutOfTheWay clear = new OutOfTheWay(posix, request);
                PreparedSpawn spawn = new PreparedSpawn(posix, clear.request())) {
            CallChain chain = new CallChain(posix);
            spawn.addSessionTo(chain);
            spawn.addSpawnTo(chain);
            CallChain.Outcome outcome = chain.run();
            return spawn.pidOrThrow(outcome.errno(), posix.awaitChild(outcome.pid()));
        }
    }
}
