package org.daemonspec.internal.posix;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.daemonspec.bindings.Libc;

/**
 * What a new process shall be besides its program: in numbers, looked up already. What is empty stays as the launcher has it.
 *
 * @param identity who it is
 * @param capabilities all that it shall have in any of its sets
 * @param noNewPrivileges PR_SET_NO_NEW_PRIVS, see prctl(2)
 * @param limits each resource at most once
 * @param nice see setpriority(2)
 * @param ioPriority see ioprio_set(2)
 * @param scheduling see sched_setscheduler(2)
 * @param cpus see sched_setaffinity(2)
 * @param oomScoreAdjust see proc(5)
 * @param directoryInRoot the request's directory becomes the root, and this is the working directory in it, a byte string
 */
public record ProcessContext(
        Optional<Identity> identity,
        Optional<SortedSet<Integer>> capabilities,
        boolean noNewPrivileges,
        List<Limit> limits,
        OptionalInt nice,
        Optional<IoClass> ioPriority,
        Optional<Policy> scheduling,
        Optional<SortedSet<Integer>> cpus,
        OptionalInt oomScoreAdjust,
        Optional<String> directoryInRoot) {

    /**
     * Real, effective, saved and file system IDs, see credentials(7).
     *
     * @param uid the user
     * @param gid the group
     * @param groups the supplementary groups
     */
    public record Identity(long uid, long gid, SortedSet<Long> groups) {

        public Identity {
            groups = Collections.unmodifiableSortedSet(new TreeSet<>(groups));
        }

        boolean isRoot() {
            return uid == 0;
        }
    }

    /**
     * A resource limit.
     *
     * @param name in C
     * @param resource its number
     * @param soft -1 for none
     * @param hard -1 for none
     */
    public record Limit(String name, int resource, long soft, long hard) {

        /** As prlimit(1) writes it, such as {@code 1024:4096}. */
        public String values() {
            return text(soft) + ":" + text(hard);
        }

        /**
         * Whether it says how much an address space holds. The native call chain runs in that of a JVM, which has more already,
         * and posix_spawn(3) needs a stack from it.
         */
        public boolean isOfMemory() {
            return resource == Libc.RLIMIT_AS() || resource == Libc.RLIMIT_DATA();
        }

        private static String text(long value) {
            return value == UNLIMITED ? "unlimited" : Long.toString(value);
        }
    }

    /**
     * An I/O priority.
     *
     * @param name as in ionice(1)
     * @param number the class
     * @param level 0 to 7
     */
    public record IoClass(String name, int number, int level) {

        /** As ioprio_set(2) takes it. */
        int value() {
            return number << Libc.IOPRIO_CLASS_SHIFT() | level;
        }

        /** What ioprio_get(2) gives, in words. */
        static String words(int value) {
            int level = value & ((1 << Libc.IOPRIO_CLASS_SHIFT()) - 1);
            return "class " + (value >> Libc.IOPRIO_CLASS_SHIFT()) + " level " + level;
        }
    }

    /**
     * A scheduling policy.
     *
     * @param name as in chrt(1)
     * @param number the policy
     * @param priority 0, or 1 to 99 for a real-time policy
     */
    public record Policy(String name, int number, int priority) {}

    /** No limit: RLIM_INFINITY. */
    public static final long UNLIMITED = -1;

    /** Everything as the launcher has it. */
    public static final ProcessContext INHERITED = new ProcessContext(
            Optional.empty(),
            Optional.empty(),
            false,
            List.of(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty());

    public ProcessContext {
        if (capabilities.isPresent()) {
            capabilities = Optional.of(Collections.unmodifiableSortedSet(new TreeSet<>(capabilities.get())));
        }
        limits = List.copyOf(limits);
    }

    /** The limits that are in force before the program is executed. */
    List<Limit> earlyLimits() {
        return limitsOfMemory(false);
    }

    /** The limits that can only be set when the program has its own memory. */
    public List<Limit> laterLimits() {
        return limitsOfMemory(true);
    }

    private List<Limit> limitsOfMemory(boolean wanted) {
        List<Limit> chosen = new ArrayList<>();
        for (Limit limit : limits) {
            if (limit.isOfMemory() == wanted) {
                chosen.add(limit);
            }
        }
        return chosen;
    }

    /** Who the process is, and nothing else: for one that works for it. */
    public ProcessContext identityAlone() {
        return new ProcessContext(
                identity,
                identity.map(user -> new TreeSet<>()),
                identity.isPresent() && noNewPrivileges,
                List.of(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty());
    }

    /** The same without the limits that are set later. */
    public ProcessContext withoutLaterLimits() {
        return new ProcessContext(
                identity,
                capabilities,
                noNewPrivileges,
                earlyLimits(),
                nice,
                ioPriority,
                scheduling,
                cpus,
                oomScoreAdjust,
                directoryInRoot);
    }

    /** The calls that bring it about, in order, in words. */
    public List<String> calls() {
        if (isInherited()) {
            return List.of();
        }
        try (Posix posix = Posix.open()) {
            List<String> calls = new ArrayList<>(
                    new ContextSteps(posix, this, directoryInRoot.map(inside -> posix.inherited(0))).words());
            oomScoreAdjust.ifPresent(value -> calls.add("write " + value + " to oom_score_adj"));
            return calls;
        }
    }

    /** Whether this process is all of it already, so that nothing has to be done, and no right is needed for it. */
    public boolean isInForce() {
        return directoryInRoot.isEmpty()
                && ContextProof.differences(ProcessHandle.current().pid(), this).isEmpty();
    }

    /** Whether nothing is to be changed. */
    public boolean isInherited() {
        return identity.isEmpty()
                && capabilities.isEmpty()
                && !noNewPrivileges
                && limits.isEmpty()
                && nice.isEmpty()
                && ioPriority.isEmpty()
                && scheduling.isEmpty()
                && cpus.isEmpty()
                && oomScoreAdjust.isEmpty()
                && directoryInRoot.isEmpty();
    }
}
