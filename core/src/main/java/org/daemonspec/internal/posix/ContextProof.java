package org.daemonspec.internal.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Whether a process is what it should be, read from {@code /proc}: the kernel's word, and not that of the calls which should
 * have made it so.
 */
final class ContextProof {

    private final List<String> differences = new ArrayList<>();

    private ContextProof() {}

    /** What of a process is not as it should be, each with the value in force; all of it if that cannot be read. */
    static List<String> differences(long pid, ProcessContext context) {
        ContextProof proof = new ContextProof();
        try {
            ProcStatus status = ProcStatus.of(pid);
            context.identity().ifPresent(identity -> proof.checkIdentity(identity, status));
            context.capabilities().ifPresent(kept -> proof.checkCapabilities(kept, context, status));
            if (context.noNewPrivileges()) {
                proof.check("no_new_privs", true, status.noNewPrivileges());
            }
            context.cpus().ifPresent(cpus -> proof.check("CPU affinity", cpus, status.cpus()));
            proof.checkLimits(context, ProcLimits.of(pid));
            context.ioPriority().ifPresent(io -> proof.checkIoPriority(io, pid));
            ProcStat.of(pid).ifPresent(stat -> proof.checkPriorities(context, stat));
            if (context.oomScoreAdjust().isPresent()) {
                String value = Files.readString(oomScoreAdjust(pid)).strip();
                proof.check("oom_score_adj", context.oomScoreAdjust().getAsInt(), Integer.valueOf(value));
            }
        } catch (IOException e) {
            proof.differences.add(
                    "what the new process is cannot be read: " + FileErrno.of(e) + ", so it is not trusted");
        }
        return proof.differences;
    }

    /**
     * Decides how gladly the kernel ends a process, see proc_pid_oom_score_adj(5).
     *
     * @throws RefusedContextException if it may not be decided
     */
    static void adjustOomScore(long pid, int value) {
        try {
            Files.writeString(oomScoreAdjust(pid), Integer.toString(value));
        } catch (IOException e) {
            throw new RefusedContextException(
                    List.of("write " + value + " to " + oomScoreAdjust(pid) + ": " + FileErrno.of(e)));
        }
    }

    private static Path oomScoreAdjust(long pid) {
        return Path.of("/proc", Long.toString(pid), "oom_score_adj");
    }

    private void checkIdentity(ProcessContext.Identity identity, ProcStatus status) {
        check("uids", Collections.nCopies(status.uids().size(), identity.uid()), status.uids());
        check("gids", Collections.nCopies(status.gids().size(), identity.gid()), status.gids());
        check("supplementary groups", identity.groups(), status.groups());
    }

    /** Root gets its capabilities at execve(2), out of the bounding set. */
    private void checkCapabilities(SortedSet<Integer> kept, ProcessContext context, ProcStatus status) {
        List<String> sets = new ArrayList<>(List.of("CapInh", "CapPrm", "CapEff"));
        Optional<ProcessContext.Identity> identity = context.identity();
        if (!(identity.isPresent() ? identity.get().isRoot() : status.effectiveUid() == 0)) {
            sets.add("CapAmb");
        }
        sets.forEach(set -> check(set, Capability.names(kept), Capability.names(status.capabilities(set))));
        if (emptiesBoundingSet(context)) {
            SortedSet<Integer> others = new TreeSet<>(status.capabilities("CapBnd"));
            others.removeAll(kept);
            check("CapBnd beyond what is kept", "none", Capability.names(others));
        }
    }

    /** Who lacks CAP_SETPCAP cannot; no_new_privs is in its place then: no program gets anything from the bounding set. */
    static boolean emptiesBoundingSet(ProcessContext context) {
        return !context.noNewPrivileges() || ProcStatus.ofThisProcess().may(Capability.SETPCAP);
    }

    private void checkLimits(ProcessContext context, ProcLimits limits) {
        context.earlyLimits()
                .forEach(limit -> check(
                        limit.name(), limit.values(), limits.inForce(limit).values()));
    }

    private void checkPriorities(ProcessContext context, ProcStat stat) {
        context.nice().ifPresent(nice -> check("nice", nice, stat.nice()));
        context.scheduling().ifPresent(policy -> {
            check("scheduling policy of " + policy.name(), policy.number(), stat.policy());
            check("real-time priority", policy.priority(), stat.realtimePriority());
        });
    }

    /** The one thing that {@code /proc} does not show: ioprio_get(2). */
    private void checkIoPriority(ProcessContext.IoClass io, long pid) {
        try (Posix posix = Posix.open()) {
            int inForce = posix.ioPriority(pid);
            check("I/O priority", io.name(), inForce == io.value() ? io.name() : ProcessContext.IoClass.words(inForce));
        } catch (SystemCallException e) {
            differences.add("I/O priority: " + e.getMessage());
        }
    }

    private void check(String what, Object wanted, Object inForce) {
        if (!Objects.equals(wanted, inForce)) {
            differences.add(what + ": " + wanted + " was asked for, " + inForce + " is in force");
        }
    }
}
