package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;

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
        List<Limit> limits,
        OptionalInt nice,
        Optional<IoClass> ioPriority,
        Optional<Policy> scheduling,
        Optional<SortedSet<Integer>> cpus,
        OptionalInt oomScoreAdjust,
        Optional<Boolean> dumpable,
        Optional<String> processName,
        Optional<Path> root) {

    /**
     * A resource limit.
     *
     * @param name in C
     * @param resource its number
     * @param soft -1 for none
     * @param hard -1 for none
     */
    public record Limit(String name, int resource, long soft, long hard) {}

    /**
     * An I/O priority.
     *
     * @param name as in ionice(1)
     * @param number the class
     * @param level 0 to 7
     */
    public record IoClass(String name, int number, int level) {}

    /**
     * A scheduling policy.
     *
     * @param name as in chrt(1)
     * @param number the policy
     * @param priority 0, or 1 to 99 for a real-time policy
     */
    public record Policy(String name, int number, int priority) {}

    public ContextSpec {
        supplementaryGroups = supplementaryGroups.map(List::copyOf);
        keptCapabilities = keptCapabilities.map(List::copyOf);
        limits = List.copyOf(limits);
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
