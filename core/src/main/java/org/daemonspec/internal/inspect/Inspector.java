package org.daemonspec.internal.inspect;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.daemonspec.internal.pidfile.PidfileException;
import org.daemonspec.internal.posix.FileErrno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcStat;
import org.daemonspec.internal.posix.ProcStatus;
import org.daemonspec.internal.posix.SystemCallException;
import org.jspecify.annotations.Nullable;

/** Finds a process, and judges all of its properties. */
public final class Inspector {

    private static final String START = "start the daemon, or name the one that runs.";

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private Inspector() {}

    /** Inspects a process; its pidfile is looked for among what it has locked. */
    public static Inspection inspect(long pid) {
        Posix.open().close(); // on another platform, or if native access is denied, that is said first of all
        try {
            return inspect(pid, ProcessTable.read(), Optional.empty());
        } catch (IOException e) {
            return nothing(OptionalLong.of(pid), Optional.empty(), cause(e), "mount /proc.");
        }
    }

    /** Inspects the process that holds a pidfile's lock, or else the one that it names. */
    public static Inspection inspect(Path path) {
        Path pidfile = path.toAbsolutePath();
        try (Posix posix = Posix.open()) {
            Optional<InspectedPidfile> found = InspectedPidfile.at(posix, pidfile);
            if (found.isEmpty()) {
                return nothing(OptionalLong.empty(), Optional.of(pidfile), "there is no pidfile " + pidfile, START);
            }
            ProcessTable table = ProcessTable.read();
            OptionalLong pid = processOf(found.get(), table);
            if (pid.isPresent()) {
                return inspect(pid.getAsLong(), table, found);
            }
            OptionalLong named = found.get().text().pid();
            return nothing(
                    named,
                    Optional.of(pidfile),
                    pidfile
                            + (named.isPresent()
                                    ? " names process " + named.getAsLong() + ", which does not run"
                                    : " contains no pid but '"
                                            + found.get().text().firstLine() + "'")
                            + ", and nobody holds a lock on it" + table.blindSpot(),
                    START);
        } catch (PidfileException e) {
            return nothing(
                    OptionalLong.empty(), Optional.of(pidfile), e.reason(), "name the pidfile of a daemon that runs.");
        } catch (SystemCallException e) {
            return nothing(
                    OptionalLong.empty(), Optional.of(pidfile), String.valueOf(e.getMessage()), "do it as root.");
        } catch (IOException e) {
            return nothing(OptionalLong.empty(), Optional.of(pidfile), cause(e), "look again.");
        }
    }

    /** The lock decides; a pid is a claim, which has to do where there is no lock. */
    private static OptionalLong processOf(InspectedPidfile pidfile, ProcessTable table) {
        List<Long> holders = table
                .holders(file -> pidfile.isBehind(file) && file.lock().isPresent())
                .stream()
                .map(ProcessTable.Holder::pid)
                .toList();
        OptionalLong named = pidfile.text().pid();
        if (named.isPresent() && holders.contains(named.getAsLong())) {
            return named;
        }
        if (!holders.isEmpty()) {
            return OptionalLong.of(holders.getFirst());
        }
        return named.isPresent() && table.find(named.getAsLong()).isPresent() ? named : OptionalLong.empty();
    }

    private static Inspection inspect(long pid, ProcessTable table, Optional<InspectedPidfile> pidfile) {
        Optional<ProcStat> stat = table.find(pid).or(() -> ProcStat.of(pid));
        Optional<Path> path = pidfile.map(InspectedPidfile::path);
        Optional<Judgement> absence = absence(pid, stat);
        if (absence.isPresent()) {
            return new Inspection(OptionalLong.of(pid), path, List.of(Finding.of(Property.RUNNING, absence.get())));
        }
        Subject subject = new Subject(pid, stat.orElseThrow(), table, pidfile);
        List<Finding> findings = judgeAll(subject);
        Optional<ProcStat> now = ProcStat.of(pid);
        if (now.isEmpty()
                || now.get().isZombie()
                || now.get().startTime() != subject.stat().startTime()) {
            return nothing(OptionalLong.of(pid), path, "process " + pid + " has ended while it was looked at", START);
        }
        return new Inspection(OptionalLong.of(pid), path.or(() -> pidfileOf(subject)), findings);
    }

    /**
     * What fails is looked at once more, anew: processes open, close and end while one after the other is looked at, and what belongs
     * together was perhaps seen at different moments.
     */
    private static List<Finding> judgeAll(Subject subject) {
        List<Finding> findings = new ArrayList<>();
        @Nullable Subject again = null;
        for (Property property : Property.values()) {
            Judgement judgement = judge(property, subject);
            if (judgement.verdict() == Verdict.FAIL) {
                again = again == null ? lookAgain(subject) : again;
                judgement = judge(property, again);
            }
            findings.add(Finding.of(property, judgement));
        }
        return findings;
    }

    private static Subject lookAgain(Subject subject) {
        try {
            return subject.seenAnew();
        } catch (IOException noProc) {
            return subject;
        }
    }

    private static Optional<Judgement> absence(long pid, Optional<ProcStat> stat) {
        if (stat.isEmpty()) {
            return Optional.of(
                    Judgement.fail("/proc/" + pid + ": there is no such process, or this user may not see it", START));
        }
        if (stat.get().isZombie()) {
            return Optional.of(Judgement.fail(
                    "/proc/" + pid + "/stat: it has ended, and process "
                            + stat.get().parent() + " has not reaped it",
                    START));
        }
        if (stat.get().virtualSize() == 0 && stat.get().threads() == 1) {
            return Optional.of(Judgement.fail(
                    "/proc/" + pid + "/stat: it has no memory, as a thread of the kernel, or a process that ends",
                    START));
        }
        long process = processOfThread(pid);
        return process == pid
                ? Optional.empty()
                : Optional.of(Judgement.fail(
                        "/proc/" + pid + "/status: Tgid is " + process + ", so it is a thread of process " + process,
                        "inspect process " + process + "."));
    }

    private static long processOfThread(long pid) {
        try {
            return ProcStatus.of(pid).process();
        } catch (IOException gone) {
            return pid; // what is read next says so
        }
    }

    private static Judgement judge(Property property, Subject subject) {
        try {
            Judgement judgement = property.check().judge(subject);
            long start = System.nanoTime();
            while (property.isMomentary()
                    && judgement.verdict() == Verdict.FAIL
                    && System.nanoTime() - start < PATIENCE.toNanos()) {
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
                judgement = property.check().judge(subject);
            }
            return judgement;
        } catch (IOException e) {
            return Judgement.notApplicable(cause(e));
        } catch (IllegalStateException olderKernel) {
            return Judgement.notApplicable(String.valueOf(olderKernel.getMessage()));
        }
    }

    private static Optional<Path> pidfileOf(Subject subject) {
        try {
            return subject.pidfile().map(InspectedPidfile::path);
        } catch (IOException notOurs) {
            return Optional.empty();
        }
    }

    private static Inspection nothing(OptionalLong pid, Optional<Path> pidfile, String evidence, String advice) {
        return new Inspection(pid, pidfile, List.of(Finding.of(Property.RUNNING, Judgement.fail(evidence, advice))));
    }

    /** A phrase. */
    static String cause(IOException e) {
        String what = "read " + (e instanceof FileSystemException file ? file.getFile() : "/proc") + ": ";
        return what
                + (e instanceof AccessDeniedException
                        ? "EACCES (this user may not); do it as root or as the daemon's user"
                        : FileErrno.of(e));
    }
}
