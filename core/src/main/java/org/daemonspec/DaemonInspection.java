package org.daemonspec;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.daemonspec.internal.inspect.Inspection;
import org.daemonspec.internal.inspect.InspectionReport;
import org.daemonspec.internal.inspect.Inspector;

/**
 * Whether a process is a well-behaved daemon, seen from outside: each property that the fifteen steps of daemon(7) give a SysV
 * daemon, and some more, with what {@code /proc} says of it. For any program, whoever made it a daemon.
 *
 * {@snippet :
 * DaemonInspection inspection = DaemonInspection.ofPidfile(Path.of("/run/crond.pid"));
 * inspection.findings().stream()
 *         .filter(finding -> finding.verdict() == DaemonInspection.Verdict.FAIL)
 *         .forEach(finding -> System.out.println(finding.property() + ": " + finding.evidence()));
 * }
 *
 * <p>Nothing is changed, signalled or traced: it reads proc(5) of the process, of those beside it, and the pidfile. It takes as
 * long as a look at all descriptors of all processes does, some 10 to 100 ms, and up to a second more for each of
 * what may be so for a moment only: zombies, and signals that are blocked. What belongs to another user, and may not be looked
 * at, is <em>not applicable</em>, with EACCES as the reason; root sees everything. What leaves no trace in {@code /proc}, such as
 * step 15, is so too: an inspection never says <em>pass</em> of what it has not seen.
 *
 * <p>A failure is what usually is a mistake. A program may have its reasons, to ignore SIGHUP for instance, and the advice says so.
 *
 * <p>It is never an exception that a process does not exist, has ended meanwhile, or has a pidfile that is none: then there is one
 * finding, of the property {@code running}, which fails. Immutable and thread-safe; as old as the call that made it.
 */
public final class DaemonInspection {

    private final Inspection inspection;

    private DaemonInspection(Inspection inspection) {
        this.inspection = inspection;
    }

    /** What was found of a property. */
    public enum Verdict {
        /** It has it. */
        PASS,
        /** It has it not. */
        FAIL,
        /** It cannot be told from outside, or not by this user, or means nothing for this process. */
        NOT_APPLICABLE
    }

    /**
     * A property, and whether the process has it.
     *
     * @param property its name, such as {@code session-leader}, which does not change from version to version
     * @param description what a process is that has it, a phrase
     * @param step the step of daemon(7) that gives it, 1 to 15; empty if none does
     * @param verdict whether it has it
     * @param evidence what was read, and where; if it is not applicable, why
     * @param advice what to do about a failure, a sentence; empty if it is none
     */
    public record Finding(
            String property,
            String description,
            OptionalInt step,
            Verdict verdict,
            String evidence,
            Optional<String> advice) {}

    /**
     * Inspects a process. Its pidfile is judged too if it has one locked that contains its pid.
     *
     * @param pid as in this process's pid namespace, see pid_namespaces(7)
     * @return what it is now
     * @throws IllegalArgumentException if it is not above zero
     * @throws UnsupportedOperationException on another platform than {@link DaemonSpec}'s, or if native access is denied
     */
    public static DaemonInspection ofProcess(long pid) {
        if (pid <= 0) {
            throw new IllegalArgumentException("inspect " + pid + ": a pid is above zero.");
        }
        return new DaemonInspection(Inspector.inspect(pid));
    }

    /**
     * Inspects the daemon of a pidfile: the process that holds the lock on it, be it of flock(2) or fcntl(2). If nobody does, the
     * one that it names in its first line.
     *
     * @param pidfile of any program; a relative path is relative to the working directory
     * @return what it is now
     * @throws IllegalArgumentException if the path is not in the default file system
     * @throws UnsupportedOperationException on another platform than {@link DaemonSpec}'s, or if native access is denied
     */
    public static DaemonInspection ofPidfile(Path pidfile) {
        if (!Objects.requireNonNull(pidfile, "pidfile").getFileSystem().equals(FileSystems.getDefault())) {
            throw new IllegalArgumentException(
                    "inspect " + pidfile + ": not in the default file system; name a path that the kernel knows.");
        }
        return new DaemonInspection(Inspector.inspect(pidfile));
    }

    /** {@return the process; empty if the pidfile leads to none} */
    public OptionalLong pid() {
        return inspection.pid();
    }

    /** {@return its pidfile, absolute: as it was given, or else as it was found by its lock; empty if there is none} */
    public Optional<Path> pidfile() {
        return inspection.pidfile();
    }

    /** {@return what was found of each property, in the order of the steps} */
    public List<Finding> findings() {
        return inspection.findings().stream()
                .map(finding -> new Finding(
                        finding.property().word(),
                        finding.property().description(),
                        finding.property().step(),
                        switch (finding.verdict()) {
                            case PASS -> Verdict.PASS;
                            case FAIL -> Verdict.FAIL;
                            case NOT_APPLICABLE -> Verdict.NOT_APPLICABLE;
                        },
                        finding.evidence(),
                        finding.advice()))
                .toList();
    }

    /** {@return whether nothing fails; what is not applicable does not count} */
    public boolean passes() {
        return !inspection.hasFailed();
    }

    /** {@return a line for each property with its evidence, under a failure what to do, and the numbers} */
    @Override
    public String toString() {
        return InspectionReport.plain(inspection);
    }
}
