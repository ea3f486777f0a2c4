package org.daemonspec.internal.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.notify.Notifier;
import org.daemonspec.internal.notify.S6Readiness;
import org.daemonspec.internal.pidfile.HeldPidfile;
import org.daemonspec.internal.pidfile.LockAttempt;
import org.daemonspec.internal.pidfile.LockedPidfile;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;
import org.daemonspec.internal.posix.ProcStat;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.RefusedContextException;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.socket.Activation;
import org.daemonspec.internal.socket.ForegroundSockets;
import org.daemonspec.internal.socket.ListenSockets;
import org.daemonspec.internal.socket.SocketSpec;
import org.daemonspec.internal.socket.TaskSockets;

/**
 * A task in this process, for a terminal or a supervisor: with the pidfile, so that there is one instance and it can be
 * controlled, the umask, and signals as in a daemon; streams, directory and environment are left as they are.
 */
public final class Foreground implements TaskHost {

    /** Whether this process may be the instance. */
    public sealed interface Entry {

        /** It is. */
        record Entered(Foreground host) implements Entry {}

        /** Another one is. */
        record AlreadyRunning(OptionalLong pid, Path pidfile) implements Entry {}
    }

    /** Behind the standard streams. */
    private static final int FIRST_OTHER = 3;

    private static final Duration HANGING_UP = Duration.ofMillis(50);

    private final String name;
    private final Optional<HeldPidfile> pidfile;
    private final Optional<S6Readiness> readiness;
    private final boolean hadTerminal = hasTerminal();
    private final AtomicBoolean reported = new AtomicBoolean();
    private ForegroundSockets listening = ForegroundSockets.NONE;
    private volatile TaskSockets sockets = TaskSockets.NONE;
    private Optional<LogKeeper> logs = Optional.empty();

    private Foreground(String name, Optional<HeldPidfile> pidfile, Optional<S6Readiness> readiness) {
        this.name = name;
        this.pidfile = pidfile;
        this.readiness = readiness;
    }

    /**
     * Locks the pidfile, if there is one, writes this process's pid, and sets the umask.
     *
     * @throws org.daemonspec.internal.pidfile.PidfileException if the pidfile cannot be used
     */
    public static Entry enter(String name, Optional<Path> path, boolean makeDirectory, int umask) {
        try (Posix posix = Posix.open()) {
            Optional<Continuation> continuation = Continuation.ofThisProcess();
            Optional<HeldPidfile> held = path.flatMap(
                    pidfile -> continuation.flatMap(before -> inherited(posix, pidfile, before.pidfile())));
            if (path.isPresent() && held.isEmpty()) {
                switch (LockAttempt.at(posix, path.get(), makeDirectory, () -> {})) {
                    case LockAttempt.Held(OptionalLong pid) -> {
                        return new Entry.AlreadyRunning(pid, path.get());
                    }
                    case LockAttempt.Acquired(LockedPidfile pidfile) -> held = Optional.of(pidfile.hold());
                }
            }
            held.ifPresent(own -> own.markHolder(posix));
            posix.setUmask(umask);
            return new Entry.Entered(new Foreground(name, held, readiness(continuation)));
        }
    }

    /**
     * Finds or opens what the task listens on.
     *
     * @param opener opens sockets with this process's rights, for whom it becomes
     * @throws RuntimeException if one cannot be had; nothing is left then, neither socket nor pidfile
     */
    public void listen(List<SocketSpec> specs, BiFunction<Posix, List<SocketSpec>, ListenSockets> opener) {
        try (Posix posix = Posix.open()) {
            try {
                listening = ForegroundSockets.find(
                        posix,
                        specs,
                        Continuation.ofThisProcess().map(Continuation::sockets).orElse(""),
                        missing -> opener.apply(posix, missing));
            } catch (RuntimeException e) {
                pidfile.ifPresent(held -> held.close(posix));
                throw e;
            }
        }
    }

    /** Whether this process was another JVM before, which executed this one to be somebody else. */
    public static boolean isContinuation() {
        return System.getProperty(JvmProcess.FOREGROUND_PROPERTY) != null;
    }

    /**
     * The option by which a JVM that this one executes finds the descriptors that it is to go on with, and knows that it is not to
     * do so again.
     */
    public String continuation() {
        return continuation(new Continuation(
                        numberOf(pidfile.map(HeldPidfile::descriptor)),
                        notificationDescriptor(),
                        listening.continuation())
                .toString());
    }

    /** The same with what stands for the descriptors, before the pidfile is locked. */
    public static String continuation(String descriptors) {
        return "-D" + JvmProcess.FOREGROUND_PROPERTY + "=" + descriptors;
    }

    private OptionalInt notificationDescriptor() {
        return numberOf(readiness.map(S6Readiness::descriptor));
    }

    private static OptionalInt numberOf(Optional<Integer> descriptor) {
        return descriptor.isPresent() ? OptionalInt.of(descriptor.get()) : OptionalInt.empty();
    }

    private static Optional<S6Readiness> readiness(Optional<Continuation> continuation) {
        if (continuation.isEmpty()) {
            return S6Readiness.ofThisProcess();
        }
        OptionalInt number = continuation.get().readiness();
        return number.isPresent() ? S6Readiness.at(number.getAsInt()) : Optional.empty();
    }

    /**
     * From now on minds those streams that are the specification's files already: a supervisor may have opened them, as systemd does
     * with {@code StandardOutput=append:}, but opens nothing anew when logrotate(8) has put them aside. Before the task begins.
     */
    public void mind(LogFiles files) {
        Optional<Path> out = files.stdout().filter(path -> isOpenAs(1, path));
        Optional<Path> err = files.stderr().filter(path -> isOpenAs(2, path));
        if (out.isPresent() || err.isPresent()) {
            logs = Optional.of(new LogKeeper(new LogFiles(out, err, files.mode(), Optional.empty())));
        }
    }

    private static boolean isOpenAs(int descriptor, Path path) {
        try {
            return Files.isSameFile(Path.of("/proc/self/fd", Integer.toString(descriptor)), path);
        } catch (IOException notThere) {
            return false;
        }
    }

    /** Makes descriptors this process's alone, after the JVM before it had left them open for it. */
    public void keep(Set<Integer> descriptors) {
        try (Posix posix = Posix.open()) {
            descriptors.forEach(posix::setCloseOnExec);
        }
    }

    /** The pidfile that this process has locked before it became this JVM. */
    private static Optional<HeldPidfile> inherited(Posix posix, Path path, OptionalInt descriptor) {
        if (descriptor.isEmpty()) {
            return Optional.empty();
        }
        HeldPidfile held = new HeldPidfile(path.toAbsolutePath(), descriptor.getAsInt());
        if (!held.isBehindPath()) { // the property came from elsewhere, or the file was replaced meanwhile
            return Optional.empty();
        }
        posix.setCloseOnExec(held.descriptor());
        return Optional.of(held);
    }

    /**
     * Becomes another program, by execve(2): it has this process's pid, and the pidfile is locked for as long as it lives.
     *
     * @param context what the process becomes besides; its limits and priorities too
     * @param root the directory that becomes the root, if the context has one
     * @return why that was not possible; the process is nothing that should go on then
     */
    public RuntimeException execute(
            String program,
            List<String> arguments,
            List<String> environment,
            ProcessContext context,
            Optional<Path> root,
            Set<Integer> preserved) {
        try (Posix posix = Posix.open()) {
            posix.unblockSignals();
            posix.setCloseOnExecFrom(FIRST_OTHER + socketsForThisProcess());
            pidfile.ifPresent(held -> posix.clearCloseOnExec(held.descriptor()));
            notificationDescriptor().ifPresent(posix::clearCloseOnExec);
            listening.own().forEach(posix::clearCloseOnExec);
            RuntimeException failure = execute(posix, program, arguments, environment, context, root, preserved);
            listening.abandon(posix);
            pidfile.ifPresent(held -> held.close(posix));
            return failure;
        }
    }

    private static RuntimeException execute(
            Posix posix,
            String program,
            List<String> arguments,
            List<String> environment,
            ProcessContext context,
            Optional<Path> root,
            Set<Integer> preserved) {
        try {
            preserved.forEach(posix::clearCloseOnExec);
            posix.become(context, root.map(path -> posix.open(ByteString.of(path), OpenFor.ENTERING, 0)));
            return posix.execute(program, arguments, environment);
        } catch (SystemCallException | RefusedContextException e) {
            return e;
        }
    }

    /** A supervisor that opened sockets for the program has put them first, see sd_listen_fds(3). */
    private static int socketsForThisProcess() {
        return Activation.count();
    }

    @Override
    public TaskSockets sockets() {
        return sockets;
    }

    @Override
    public void begin() {
        try (Posix posix = Posix.open()) {
            sockets = listening.adopt(posix);
        }
        FilesAtEnd.remove(pidfile, sockets.files());
        listening.notices().forEach(notice -> System.err.println(name + ": " + notice));
        OrphanReaper.startIfNeeded();
    }

    @Override
    public Notifier notifier(String program) {
        return new Notifier(program, readiness, false);
    }

    @Override
    public void reportReady(Notifier notifier) {
        if (reported.compareAndSet(false, true)) {
            markReady();
            notifier.ready();
        }
    }

    /** Says it to those who look at the pidfile, and to nobody else. */
    public void markReady() {
        if (pidfile.isPresent()) {
            try (Posix posix = Posix.open()) {
                pidfile.get().markReady(posix);
            }
        }
    }

    @Override
    public void reportFailure(Throwable failure) {
        reported.set(true); // its stack trace is on stderr, where somebody sees it
    }

    @Override
    public boolean reportFailureUnlessReady(String reason) {
        boolean first = reported.compareAndSet(false, true);
        if (first) {
            System.err.println(name + ": " + reason + ".");
        }
        return first;
    }

    @Override
    public void markReloads() {
        if (pidfile.isPresent()) {
            try (Posix posix = Posix.open()) {
                pidfile.get().markReloads(posix);
            }
        }
    }

    /** Only those that are the specification's: the others are whoever's who started this process. */
    @Override
    public void reopenLogs() {
        logs.ifPresent(LogKeeper::reopen);
    }

    /** The kernel takes the terminal away from the whole session, but not at one moment with the signal. */
    @Override
    public boolean isHangup() {
        if (hadTerminal && hasTerminal()) {
            try (Posix posix = Posix.open()) {
                posix.pause(HANGING_UP);
            }
        }
        return hadTerminal && !hasTerminal();
    }

    private static boolean hasTerminal() {
        return ProcStat.ofThisProcess().map(ProcStat::terminal).orElse(0) != 0;
    }
}
