package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import org.daemonspec.internal.posix.ProcessContext;

/**
 * What the daemon's process shall be, as it was asked for: users and groups are names or numbers that nobody has looked up.
 * What is empty stays as the launcher has it.
 *
 * @param user name or number
 * @param group name or number; empty for the user's
 * @param supplementaryGroups names or numbers; empty for the user's
 * @param noNewPrivileges PR_SET_NO_NEW_PRIVS
 * @param keptCapabilities the names of all that shall be left
 * @param limits each resource at most once
 * @param nice -20 to 19
 * @param ioPriority see ioprio_set(2)
 * @param scheduling see sched_setscheduler(2)
 * @param cpus see sched_setaffinity(2)
 * @param oomScoreAdjust -1000 to 1000
 * @param dumpable PR_SET_DUMPABLE
 * @param processName what ps(1) calls the process
 * @param root see chroot(2)
 */
public record ContextSpec(
        Optional<String> user,
        Optional<String> group,
        Optional<List<String>> supplementaryGroups,
        boolean noNewPrivileges,
        Optional<List<String>> keptCapabilities,
        List<ProcessContext.Limit> limits,
        OptionalInt nice,
        Optional<ProcessContext.IoClass> ioPriority,
        Optional<ProcessContext.Policy> scheduling,
        Optional<SortedSet<Integer>> cpus,
        OptionalInt oomScoreAdjust,
        Optional<Boolean> dumpable,
        Optional<String> processName,
        Optional<Path> root) {

    public ContextSpec {
        supplementaryGroups = copyOf(supplementaryGroups);
        keptCapabilities = copyOf(keptCapabilities);
        limits = List.copyOf(limits);
    }

    private static Optional<List<String>> copyOf(Optional<List<String>> names) {
        return names.isPresent() ? Optional.of(List.copyOf(names.get())) : names;
    }

    /** Whether everything is as the launcher has it. */
    boolean isInherited() {
        return user.isEmpty()
                && group.isEmpty()
                && supplementaryGroups.isEmpty()
                && !noNewPrivileges
                && keptCapabilities.isEmpty()
                && limits.isEmpty()
                && nice.isEmpty()
                && ioPriority.isEmpty()
                && scheduling.isEmpty()
                && cpus.isEmpty()
                && oomScoreAdjust.isEmpty()
                && dumpable.isEmpty()
                && processName.isEmpty()
                && root.isEmpty();
    }

    /** Everything as the launcher has it. */
    public static ContextSpec inherited() {
        return new ContextSpec(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                List.of(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
