package org.daemonspec.internal.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.daemonspec.bindings.Libc;
import org.daemonspec.internal.daemon.DaemonSignals;
import org.daemonspec.internal.daemon.Failure;
import org.daemonspec.internal.daemon.LogFiles;
import org.daemonspec.internal.daemon.TaskHost;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.notify.Notifier;
import org.daemonspec.internal.pidfile.LockAttempt;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.socket.HandedSocket;
import org.daemonspec.internal.socket.ListenSockets;
import org.daemonspec.internal.socket.TaskSockets;

/**
 * The daemon's half of a start, in the JVM that is recorded, after it has played the launcher's: it hands over to itself what a launcher
 * would, is ready, does what the task has for a training, and is stopped by SIGTERM. Thread-safe.
 */
public final class Rehearsal implements TaskHost {

    /** Of a JVM that is recorded. */
    static final String RECORD = "record";

    /** Of one that shows that it takes the cache. */
    static final String PROVE = "prove";

    private static final int FAILED = 7;

    private final Takeover daemon;
    private final LaunchSpec spec;
    private final Queue<DaemonSignals.Handler> handlers = new ConcurrentLinkedQueue<>();

    private Rehearsal(Takeover daemon, LaunchSpec spec) {
        this.daemon = daemon;
        this.spec = spec;
    }

    /** Whether this JVM is recorded. */
    public static boolean isRecorded() {
        return hasRole(RECORD);
    }

    /** Whether it only has to come so far. */
    public static boolean isProof() {
        return hasRole(PROVE);
    }

    private static boolean hasRole(String role) {
        return System.getProperty(JvmProcess.TRAINING_PROPERTY, "").startsWith(role + ":");
    }

    private static Path workshop() {
        return Path.of(System.getProperty(JvmProcess.TRAINING_PROPERTY, "").substring(RECORD.length() + 1));
    }

    /** Whether the daemon is to be another process than this one, which cannot become it, and shall not run its task as itself. */
    public static boolean isAnother(LaunchSpec spec) {
        ResolvedContext context = ContextCheck.resolve(spec.context(), spec.workingDirectory(), new ArrayList<>());
        return !context.process().isInherited()
                && !(context.isComplete() && context.process().isInForce());
    }

    /** Hands this process what a launcher would. */
    public static Rehearsal of(LaunchSpec spec) {
        try (Posix posix = Posix.open()) {
            posix.setUmask(spec.umask());
            LockAttempt attempt =
                    LockAttempt.at(posix, spec.pidfile().orElseThrow(), spec.makePidfileDirectory(), () -> {});
            if (!(attempt instanceof LockAttempt.Acquired(LockedPidfile pidfile))) {
                throw new IllegalStateException("somebody else has started it meanwhile");
            }
            try (ListenSockets sockets = Listening.open(posix, spec.sockets(), ProcessContext.INHERITED)) {
                Handoff handoff = handOver(posix, spec, pidfile, sockets.release());
                return new Rehearsal(new Takeover(handoff), spec);
            } catch (RuntimeException e) {
                pidfile.remove();
                throw e;
            }
        }
    }

    private static Handoff handOver(Posix posix, LaunchSpec spec, LockedPidfile pidfile, List<HandedSocket> sockets) {
        List<Descriptor> status = posix.pipe();
        status.getFirst().release(); // nobody reads, and the launcher's end stays open
        Descriptor file = posix.memoryFile(Handoff.FILE_NAME);
        Numbering numbers = new Numbering(
                status.getLast().release(),
                file.number(),
                pidfile.hold().descriptor(),
                0,
                0,
                0,
                sockets.stream().map(HandedSocket::descriptor).toList());
        String mark = Handoff.newMark(file.number());
        Handoff handoff = new Handoff(
                mark,
                spec.fingerprint(),
                spec.pidfile().map(Path::toAbsolutePath),
                logs(spec.logFiles()),
                numbers,
                false,
                false,
                Collections.unmodifiableSortedSet(new TreeSet<>()),
                sockets,
                0,
                0);
        posix.write(file, handoff.toBytes());
        file.release();
        System.setProperty(Handoff.PROPERTY, mark);
        return Handoff.inherited().orElseThrow();
    }

    /** This process's streams are not the daemon's logs, but go the same ways. */
    private static LogFiles logs(LogFiles daemons) {
        return new LogFiles(
                daemons.stdout().map(log -> workshop().resolve(Workshop.OUT)),
                daemons.stderr().map(log -> workshop().resolve(Workshop.ERR)),
                daemons.mode(),
                Optional.empty());
    }

    @Override
    public void begin() {
        daemon.accept(spec);
        daemon.begin();
    }

    @Override
    public TaskSockets sockets() {
        return daemon.sockets();
    }

    @Override
    public Notifier notifier(String name) {
        return new Notifier(name, Optional.empty(), false);
    }

    @Override
    public void onTraining(DaemonSignals.Handler handler) {
        handlers.add(handler);
    }

    @Override
    public void reportReady(Notifier notifier) {
        daemon.reportReady(notifier);
        Thread.ofPlatform().name("daemonspec-training").start(this::play);
    }

    /** No daemon thread: a task that returns meanwhile does not end this process before it is done. */
    private void play() {
        try (Posix posix = Posix.open()) {
            for (DaemonSignals.Handler handler = handlers.poll(); handler != null; handler = handlers.poll()) {
                handler.run();
            }
            Files.createFile(workshop().resolve(Workshop.PLAYED));
            posix.signal(ProcessHandle.current().pid(), Libc.SIGTERM());
        } catch (Throwable e) {
            // whatever it is: somebody waits for it
            e.printStackTrace();
            fail("a training handler failed: " + Failure.of(e).sentence());
            Runtime.getRuntime().exit(FAILED);
        }
    }

    @Override
    public void reportFailure(Throwable failure) {
        fail("the second start failed: " + Failure.of(failure).sentence());
        daemon.reportFailure(failure);
    }

    @Override
    public boolean reportFailureUnlessReady(String reason) {
        boolean first = daemon.reportFailureUnlessReady(reason);
        if (first) {
            fail("the second start failed: " + reason);
        }
        return first;
    }

    /** Its stderr may lead nowhere. */
    private static void fail(String reason) {
        try {
            Files.writeString(workshop().resolve(Workshop.REASON), reason);
        } catch (IOException e) {
            System.err.println(reason); // whoever waits learns by the exit code
        }
    }

    @Override
    public void markReloads() {
        daemon.markReloads();
    }

    @Override
    public void reopenLogs() {
        daemon.reopenLogs();
    }

    @Override
    public boolean isHangup() {
        return daemon.isHangup();
    }
}
