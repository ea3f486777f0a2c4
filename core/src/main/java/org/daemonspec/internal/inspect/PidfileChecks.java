package org.daemonspec.internal.inspect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.daemonspec.internal.posix.ProcStatus;

/** Whether its pidfile leads to it and to nobody else, step 12. */
final class PidfileChecks {

    private static final int WRITE_BESIDE_THE_OWNER = 022;
    private static final int STICKY = 01000;

    private PidfileChecks() {}

    /** What there is to be judged if there is a pidfile. */
    private interface OfPidfile {

        Judgement judge(InspectedPidfile pidfile) throws IOException;
    }

    private static Judgement judge(Subject subject, OfPidfile check) throws IOException {
        Optional<InspectedPidfile> pidfile = subject.pidfile();
        return pidfile.isPresent()
                ? check.judge(pidfile.get())
                : Judgement.notApplicable("no pidfile was named, and the process holds no lock on a file with its pid");
    }

    static Judgement content(Subject subject) throws IOException {
        return judge(subject, pidfile -> {
            String evidence =
                    pidfile.path() + pidfile.how() + ": '" + pidfile.text().firstLine() + "'"
                            + (pidfile.text().complete() ? "" : " without a newline")
                            + (pidfile.text().only() ? "" : " and more");
            return pidfile.text().pid().equals(OptionalLong.of(subject.pid()))
                    ? Judgement.pass(evidence)
                    : Judgement.fail(
                            evidence + ", but the lock is held by "
                                    + subject.table().name(subject.pid()),
                            "have it write its own pid, from the last process that it forks.");
        });
    }

    /** Without a lock, a pid that is left from before may be anybody's by now. */
    static Judgement lock(Subject subject) throws IOException {
        return judge(subject, pidfile -> {
            Optional<OpenFile> own = subject.openFiles().stream()
                    .filter(file -> pidfile.isBehind(file) && file.lock().isPresent())
                    .findFirst();
            if (own.isPresent()) {
                return Judgement.pass(subject.proc("fdinfo") + "/" + own.get().number() + ": "
                        + own.get().lock().orElseThrow());
            }
            Optional<OpenFile> replaced = subject.openFiles().stream()
                    .filter(file -> file.lock().isPresent() && isOfPath(file, pidfile.path()))
                    .findFirst();
            if (replaced.isPresent()) {
                return Judgement.fail(
                        subject.proc("fd") + ": " + replaced.get() + " is locked, and is not the file at the path now",
                        "find out who replaced " + pidfile.path() + ", and restart the daemon.");
            }
            List<Long> others = holdersOf(subject, pidfile);
            return others.isEmpty()
                    ? Judgement.fail(
                            "/proc/*/fdinfo: nobody holds a lock on " + pidfile.path()
                                    + subject.table().blindSpot(),
                            "have the daemon hold a lock on it, see flock(2): a pid alone may be somebody else's by"
                                    + " now.")
                    : Judgement.fail(
                            "/proc/" + others.getFirst() + "/fdinfo: the lock on " + pidfile.path() + " is held by "
                                    + subject.table().name(others.getFirst()),
                            "find out which of the two is the daemon, and end the other.");
        });
    }

    private static boolean isOfPath(OpenFile file, Path path) {
        return file.target().equals(path.toString()) || file.target().equals(path + " (deleted)");
    }

    /** A lock of flock(2) is inherited by children, and lives as long as the last of them. */
    static Judgement holders(Subject subject) throws IOException {
        return judge(subject, pidfile -> {
            List<Long> holders = holdersOf(subject, pidfile);
            if (!holders.contains(subject.pid())) {
                return Judgement.notApplicable("it holds no lock on " + pidfile.path());
            }
            List<String> others = holders.stream()
                    .filter(pid -> pid != subject.pid())
                    .distinct()
                    .map(subject.table()::name)
                    .toList();
            return others.isEmpty()
                    ? Judgement.pass("/proc/*/fdinfo: nobody else has it"
                            + subject.table().blindSpot())
                    : Judgement.fail(
                            "/proc/*/fdinfo: so does " + String.join(", ", others),
                            "set O_CLOEXEC on the pidfile: the lock lives on in whoever has it when the daemon has"
                                    + " ended.");
        });
    }

    private static List<Long> holdersOf(Subject subject, InspectedPidfile pidfile) {
        return subject
                .table()
                .holders(file -> pidfile.isBehind(file) && file.lock().isPresent())
                .stream()
                .map(ProcessTable.Holder::pid)
                .toList();
    }

    /** Whoever may write it decides which process is sent the signals of whoever believes it, root perhaps. */
    static Judgement mode(Subject subject) throws IOException {
        return judge(subject, pidfile -> {
            String evidence = pidfile.path() + ": mode " + octal(pidfile.mode());
            return (pidfile.mode() & WRITE_BESIDE_THE_OWNER) == 0
                    ? Judgement.pass(evidence)
                    : Judgement.fail(evidence + ", so others may write it", "chmod 0644 " + pidfile.path() + ".");
        });
    }

    static Judgement owner(Subject subject) throws IOException {
        return judge(subject, pidfile -> {
            long user = subject.status().effectiveUid();
            String evidence = pidfile.path() + ": uid " + pidfile.uid() + ", the daemon's is " + user;
            return pidfile.uid() == 0 || pidfile.uid() == user
                    ? Judgement.pass(evidence)
                    : Judgement.fail(evidence, "find out who made it; chown it to root or to the daemon's user.");
        });
    }

    static Judgement directory(Subject subject) throws IOException {
        return judge(subject, pidfile -> {
            ProcStatus status = subject.status();
            List<String> weak = new ArrayList<>();
            Path top = pidfile.path().toRealPath().getParent();
            for (Path directory = top; directory != null; directory = directory.getParent()) {
                int mode = (Integer) Files.getAttribute(directory, "unix:mode") & 07777;
                int uid = (Integer) Files.getAttribute(directory, "unix:uid");
                if (uid != 0 && uid != status.effectiveUid()) {
                    weak.add(directory + " belongs to uid " + uid);
                } else if ((mode & WRITE_BESIDE_THE_OWNER) != 0 && (mode & STICKY) == 0) {
                    weak.add(directory + " has mode " + octal(mode));
                }
            }
            return weak.isEmpty()
                    ? Judgement.pass(top + " and above: nobody else's, and not to be written by others")
                    : Judgement.fail(
                            String.join("; ", weak),
                            "keep it in a directory that only root or the daemon's user may write.");
        });
    }

    private static String octal(int mode) {
        return "0" + Integer.toOctalString(mode);
    }
}
