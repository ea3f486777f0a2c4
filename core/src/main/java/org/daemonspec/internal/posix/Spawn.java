package org.daemonspec.internal.posix;

import java.io.File;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.daemonspec.bindings.Libc;

/**
 * Starts a program as a daemon: an intermediate process makes a session and ends at once, so that the new process leads no
 * session (it can never get a controlling terminal) and its parent is init or the nearest subreaper.
 */
public final class Spawn {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(1);

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

    /**
     * A chain goes on after a call that failed, and a seccomp filter may refuse setsid(2): then the program, which would hang up with
     * this process's terminal, is ended. One that has ended already has no session.
     */
    static int inItsOwnSession(Posix posix, int pid) {
        OptionalInt session = posix.session(pid);
        if (session.isPresent() && session.equals(posix.session(0))) {
            kill(posix, pid);
            throw new SystemCallException("setsid", "process " + pid, Libc.EPERM());
        }
        return pid;
    }

    /** Ends a program that should not be, and waits for that: what fails leaves nothing. */
    public static void kill(Posix posix, int pid) {
        posix.tryKill(pid);
        long begin = System.nanoTime();
        while (pid > 0 && isAlive(pid) && System.nanoTime() - begin < PATIENCE.toNanos()) {
            posix.pause(BETWEEN_LOOKS);
        }
    }

    /**
     * Ends what an intermediate process may have made that was killed before it could say so: its child waits for nobody, and would be
     * the program that is said not to have been started. It is the only one in the session.
     */
    static void endSession(Posix posix, int intermediate) {
        String[] entries = new File("/proc").list();
        for (String entry : entries == null ? new String[0] : entries) {
            if (Character.isDigit(entry.charAt(0))) {
                int pid = Integer.parseInt(entry);
                Optional<ProcStat> process = ProcStat.of(pid);
                if (process.isPresent() && process.get().session() == intermediate) {
                    kill(posix, pid);
                }
            }
        }
    }

    private static boolean isAlive(int pid) {
        Optional<ProcStat> process = ProcStat.of(pid);
        return process.isPresent() && !process.get().isZombie();
    }

    private static int run(SpawnRequest request) {
        try (Posix posix = Posix.open();
                OutOfTheWay clear = new OutOfTheWay(posix, request);
                PreparedSpawn spawn = new PreparedSpawn(posix, clear.request())) {
            CallChain chain = new CallChain(posix);
            spawn.addSessionTo(chain);
            spawn.addSpawnTo(chain);
            CallChain.Outcome outcome = chain.run();
            int pid = spawn.pidOrThrow(outcome, posix.awaitChild(outcome.pid()));
            return inItsOwnSession(posix, pid);
        }
    }
}
