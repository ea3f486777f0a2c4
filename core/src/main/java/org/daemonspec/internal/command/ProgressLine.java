package org.daemonspec.internal.command;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.daemonspec.internal.control.Progress;

/**
 * A line on a terminal that says what is waited for, and for how long: from one second on, anew each second, and gone as soon
 * as there is something else to say. On what is no terminal, nothing. Thread-safe.
 */
final class ProgressLine implements Progress {

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final String ERASE_LINE = "\r\u001b[K";

    private final String name;
    private final PrintStream terminal;
    private final BooleanSupplier isTerminal;
    private String what = "";
    private Duration most = Duration.ZERO;
    private long since;
    private boolean ticking;
    private boolean shown;

    ProgressLine(String name, PrintStream terminal, BooleanSupplier isTerminal) {
        this.name = name;
        this.terminal = terminal;
        this.isTerminal = isTerminal;
    }

    @Override
    public synchronized void waitingFor(String what, Duration most) {
        if (!this.what.equals(what)) {
            this.what = what;
            this.most = most;
            this.since = System.nanoTime();
        }
        if (!ticking && isTerminal.getAsBoolean()) {
            ticking = true;
            Thread.ofPlatform().daemon().name("daemonspec-progress").start(this::tick);
        }
    }

    /** Nothing is waited for any more, and the line belongs to something else. */
    synchronized void clear() {
        what = "";
        if (shown) {
            terminal.print(ERASE_LINE);
            terminal.flush();
            shown = false;
        }
    }

    private void tick() {
        try {
            while (true) {
                Thread.sleep(TICK);
                show();
            }
        } catch (InterruptedException e) {
            // nobody does; the process ends with it
        }
    }

    private synchronized void show() {
        if (!what.isEmpty()) {
            long seconds = Duration.ofNanos(System.nanoTime() - since).toSeconds();
            terminal.print(
                    ERASE_LINE + name + ": waiting for " + what + " (" + seconds + " s of " + most.toSeconds() + " s)");
            terminal.flush();
            shown = true;
        }
    }
}
