package org.daemonspec.examples.forkhazard;

import java.util.Locale;

/**
 * Shows what becomes of {@code fork()} in a JVM, and what DaemonSpec does instead:
 *
 * <pre>{@code
 * fork-hazard [--rounds N] [--load THREADS] [--timeout SECONDS]
 * }</pre>
 *
 * <p>Since Java 22 every program can call {@code fork()}, and in C that is how a daemon begins: in the child, {@code
 * setsid}, {@code umask}, {@code dup2}, then {@code execve}. Written in Java, the same lines compile, and on an idle
 * machine they seem to work.
 *
 * <p>But {@code fork()} copies one thread only, the caller. A JVM is many, and the one that was copied waits for the
 * others again and again, without a word of that in the program: at a safepoint that was about to begin, for the
 * collector when the heap is full, for a lock that another thread held at that moment. In the child nobody is left to
 * answer, and it hangs, for ever, with all that it inherited: locks, ports, the pidfile.
 *
 * <p>This program starts {@code /bin/true} many times in each of the two ways, beside threads that allocate, and
 * counts. The naive way is given every chance: all that it calls is linked beforehand, and the second fork, which a
 * daemon needs as well and the native call chain makes, is left out.
 *
 * <p>Each way runs in a JVM of its own, since a child that goes on with half a JVM may harm its parent, too. Children
 * that hang take no notice of any signal but SIGKILL, and that is what they get: from the JVM that forked them, when
 * their time is over or when it is told to stop; from this one, if that JVM should die.
 */
public final class ForkHazard {

    private static final String ROW = "%-38s %10s %10s %12s%n";

    private ForkHazard() {}

    /** See the class. */
    public static void main(String[] args) {
        Settings settings;
        try {
            settings = Settings.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("fork-hazard: " + e.getMessage() + "\n" + Settings.USAGE);
            System.exit(2);
            return;
        }
        System.out.printf(
                Locale.ROOT,
                "Starting /bin/true %d times in each of two ways, beside %d allocating threads.%n"
                        + "A child that has not come to its execve(2) after %d s is hung.%n%n",
                settings.rounds(),
                settings.loadThreads(),
                settings.timeout().toSeconds());
        Tally naive = MeasuringJvm.measure(NaiveStarts.class, settings);
        Tally chain = MeasuringJvm.measure(ChainStarts.class, settings);

        System.out.printf(Locale.ROOT, ROW, "", "started", "failed", "hung");
        printRow("fork(), then Java in the child", naive);
        printRow("native call chain, DaemonSpec.exec", chain);
        System.out.println();
        System.out.println("The child of fork() is a JVM with one thread, and waits for those that were not copied.");
        System.out.println("In the chain no Java runs between fork and exec. Hung children were killed and reaped.");
    }

    private static void printRow(String way, Tally tally) {
        String hung = String.format(Locale.ROOT, "%d (%.1f %%)", tally.hung(), 100.0 * tally.hung() / tally.rounds());
        System.out.printf(Locale.ROOT, ROW, way, tally.started(), tally.failed(), hung);
    }
}
