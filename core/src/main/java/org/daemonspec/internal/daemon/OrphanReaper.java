package org.daemonspec.internal.daemon;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.daemonspec.internal.posix.OwnPid;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcStat;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.signals.JvmSignals;

/**
 * What process 1 of a container owes the others: whoever loses its parent becomes its child, and stays as a zombie until it is
 * waited for, see pid_namespaces(7). Enough of them use up the pids of the container.
 *
 * <p>A child of this program's own is not an orphan, and whoever started it waits for it: the JDK has a thread that does so from the start,
 * so that its zombies are gone at once. One that is still there after some time belongs to nobody. The way of other inits, to wait for any child
 * (waitpid(2) with -1), would take the exit status from under {@link Process#waitFor}.
 */
final class OrphanReaper {

    /** Much longer than a thread that waits for a child needs to do so, and shorter than anybody runs out of pids. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final long FIRST = 1;

    /** A zombie, and not another with its pid. */
    private record Zombie(int pid, long startTime) {}

    private final long parent;
    private final Semaphore ended = new Semaphore(1); // some may have before anybody listened

    private OrphanReaper(long parent) {
        this.parent = parent;
    }

    /** Reaps from here on, if this is process 1. */
    static void startIfNeeded() {
        long pid = OwnPid.get();
        if (pid == FIRST) {
            new OrphanReaper(pid).start();
        }
    }

    private void start() {
        try {
            JvmSignals.handle("CHLD", signal -> ended.release());
        } catch (IllegalArgumentException leftToTheSystem) {
            System.err.println("daemonspec: this JVM does not handle SIGCHLD (" + leftToTheSystem.getMessage()
                    + "), so orphans stay as zombies; start it below an init such as tini.");
            return;
        }
        Thread.ofPlatform().daemon().name("daemonspec-orphans").start(this::reap);
    }

    private void reap() {
        while (true) {
            try {
                ended.acquire();
                ended.drainPermits();
                Set<Zombie> seen = zombies();
                while (!seen.isEmpty()) {
                    Thread.sleep(PATIENCE);
                    Set<Zombie> now = zombies();
                    seen.retainAll(now);
                    reap(seen);
                    now.removeAll(seen);
                    seen = now;
                }
            } catch (InterruptedException e) {
                return; // nobody has a reason to, but who does means it
            } catch (IOException | SystemCallException e) {
                System.err.println("daemonspec: look for orphans: " + e.getMessage()
                        + "; they stay as zombies until the next one ends.");
            }
        }
    }

    private static void reap(Set<Zombie> orphans) {
        try (Posix posix = Posix.open()) {
            orphans.forEach(orphan -> posix.reap(orphan.pid()));
        }
    }

    private Set<Zombie> zombies() throws IOException {
        Set<Zombie> zombies = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                int pid = Integer.parseInt(process.getFileName().toString());
                Optional<ProcStat> stat = ProcStat.of(pid);
                stat.filter(zombie -> zombie.isZombie() && zombie.parent() == parent)
                        .ifPresent(zombie -> zombies.add(new Zombie(pid, zombie.startTime())));
            }
        }
        return zombies;
    }
}
