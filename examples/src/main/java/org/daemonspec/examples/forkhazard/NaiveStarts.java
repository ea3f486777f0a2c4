package org.daemonspec.examples.forkhazard;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.daemonspec.bindings.Libc;

/**
 * Starts a program as one would in C, many times: a program to be run by {@link MeasuringJvm}. What
 * {@link #becomeTheProgram} does is what nobody should copy.
 */
final class NaiveStarts {

    /** Each child that hangs keeps the parent's old heap in memory for as long. */
    private static final int MOST_CHILDREN = 16;

    private static final Path OWN_PROGRAM = programOf(ProcessHandle.current().pid());

    private final Settings settings;
    private final Map<Integer, Long> deadlines = new HashMap<>();
    private boolean stopped;

    private final MemorySegment status;
    private final MemorySegment path;
    private final MemorySegment arguments;
    private final MemorySegment environment;
    private final int nothing;

    private NaiveStarts(Settings settings, Arena arena) {
        this.settings = settings;
        this.status = arena.allocate(ValueLayout.JAVA_INT);
        this.path = arena.allocateFrom("/bin/true");
        this.arguments = arena.allocate(ValueLayout.ADDRESS, 2);
        this.environment = arena.allocate(ValueLayout.ADDRESS);
        arguments.set(ValueLayout.ADDRESS, 0, path);
        this.nothing = Libc.open.makeInvoker().apply(arena.allocateFrom("/dev/null"), Libc.O_RDWR() | Libc.O_CLOEXEC());
    }

    public static void main(String[] args) throws InterruptedException {
        NaiveStarts starts = new NaiveStarts(Settings.parse(args), Arena.global());
        linkWhatTheChildCalls();
        Runtime.getRuntime().addShutdownHook(new Thread(starts::stop));
        MeasuringJvm.endWithParent();
        HeapLoad.start(starts.settings.loadThreads());
        MeasuringJvm.report(starts.run());
    }

    /** The first call of a function costs a JVM a good deal of work, which would be the child's. */
    private static void linkWhatTheChildCalls() {
        Libc.setsid$handle();
        Libc.umask$handle();
        Libc.dup2$handle();
        Libc.execve$handle();
        Libc._exit$handle();
    }

    private Tally run() throws InterruptedException {
        Tally tally = Tally.NONE;
        while (tally.rounds() < settings.rounds()) {
            if (deadlines.size() < MOST_CHILDREN && tally.rounds() + deadlines.size() < settings.rounds()) {
                fork();
            }
            tally = reap(tally);
            Thread.sleep(1);
        }
        return tally;
    }

    private synchronized void fork() {
        if (stopped) {
            return;
        }
        int pid = Libc.fork();
        if (pid == 0) {
            becomeTheProgram();
        }
        deadlines.put(pid, System.nanoTime() + settings.timeout().toNanos());
    }

    /** In the child. There is no way back: it must not become a second parent. */
    private void becomeTheProgram() {
        try {
            Libc.setsid();
            Libc.umask(022);
            Libc.dup2(nothing, 0);
            Libc.dup2(nothing, 1);
            Libc.dup2(nothing, 2);
            Libc.execve(path, arguments, environment);
        } finally {
            Libc._exit(127);
        }
    }

    /** Looks after all children once; a pid cannot mean another process until we have waited for it. */
    private synchronized Tally reap(Tally before) {
        Tally tally = before;
        for (Iterator<Map.Entry<Integer, Long>> children = deadlines.entrySet().iterator(); children.hasNext(); ) {
            Map.Entry<Integer, Long> child = children.next();
            int pid = child.getKey();
            if (Libc.waitpid(pid, status, Libc.WNOHANG()) != 0) {
                children.remove();
                tally = status.get(ValueLayout.JAVA_INT, 0) == 0 ? tally.plusStarted() : tally.plusFailed();
            } else if (System.nanoTime() > child.getValue() && programOf(pid).equals(OWN_PROGRAM)) {
                children.remove();
                kill(pid);
                tally = tally.plusHung();
            }
        }
        return tally;
    }

    private synchronized void stop() {
        stopped = true;
        deadlines.keySet().forEach(this::kill);
        deadlines.clear();
    }

    private void kill(int pid) {
        Libc.kill(pid, Libc.SIGKILL());
        Libc.waitpid(pid, status, 0);
    }

    private static Path programOf(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "exe"));
        } catch (IOException e) {
            return Path.of(""); // it has just ended
        }
    }
}
