package org.daemonspec.internal.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import org.daemonspec.bindings.Libc;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.Capability;
import org.daemonspec.internal.posix.FileErrno;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcLimits;
import org.daemonspec.internal.posix.ProcStat;
import org.daemonspec.internal.posix.ProcStatus;
import org.daemonspec.internal.posix.ProcessContext;
import org.daemonspec.internal.posix.Sysctl;
import org.daemonspec.internal.posix.SystemCallException;
import org.daemonspec.internal.posix.UserDatabase;

/**
 * Looks up what a {@link ContextSpec} names, and whether this process may bring it about: what would be refused is told with
 * the value in force before anything is forked.
 */
final class ContextCheck {

    /** What a nice value of -20 corresponds to, see RLIMIT_NICE in getrlimit(2). */
    private static final int NICE_CEILING = 20;

    private static final String NOBODYS_HOME = "/";

    private final ContextSpec spec;
    private final List<String> problems;
    private final ProcStatus self = ProcStatus.ofThisProcess();

    private ContextCheck(ContextSpec spec, List<String> problems) {
        this.spec = spec;
        this.problems = problems;
    }

    /** The context in numbers; what is wrong is added to the problems. */
    static ResolvedContext resolve(ContextSpec spec, Path workingDirectory, List<String> problems) {
        if (spec.isInherited()) {
            return new ResolvedContext(ProcessContext.INHERITED, Optional.empty(), true);
        }
        try {
            return new ContextCheck(spec, problems).resolve(workingDirectory);
        } catch (UncheckedIOException e) { // of /proc, which says who this process is
            problems.add(String.valueOf(e.getMessage()));
            return new ResolvedContext(ProcessContext.INHERITED, Optional.empty(), false);
        }
    }

    private ResolvedContext resolve(Path workingDirectory) {
        Optional<UserDatabase.User> user = Optional.empty();
        Optional<ProcessContext.Identity> identity = Optional.empty();
        boolean asksForIdentity = spec.user().isPresent()
                || spec.group().isPresent()
                || spec.supplementaryGroups().isPresent();
        if (asksForIdentity) {
            try (Posix posix = Posix.open()) {
                UserDatabase database = new UserDatabase(posix);
                user = spec.user().flatMap(name -> user(database, name));
                identity = identity(database, user);
            } catch (SystemCallException e) {
                problems.add("user database: " + e.getMessage() + "; see nsswitch.conf(5).");
            }
        }
        Optional<ProcessContext.Identity> change = identity.filter(this::isChange);
        change.ifPresent(this::checkRights);
        Optional<SortedSet<Integer>> capabilities =
                capabilities(change.filter(this::isAnotherUser).isPresent());
        boolean mayEmptyBoundingSet = self.may(Capability.SETPCAP);
        checkLimits(change.filter(this::isAnotherUser).isPresent());
        checkPriorities();
        spec.root().ifPresent(root -> checkRoot(root, workingDirectory));
        ProcessContext process = new ProcessContext(
                change,
                capabilities,
                spec.noNewPrivileges() || (capabilities.isPresent() && !mayEmptyBoundingSet),
                spec.limits(),
                spec.nice(),
                spec.ioPriority(),
                spec.scheduling(),
                spec.cpus(),
                spec.oomScoreAdjust(),
                spec.root().map(root -> ByteString.of(workingDirectory)));
        return new ResolvedContext(process, user, !asksForIdentity || identity.isPresent());
    }

    private Optional<UserDatabase.User> user(UserDatabase database, String name) {
        OptionalLong number = number(name);
        Optional<UserDatabase.User> user = number.isPresent()
                ? database.user(number.getAsLong())
                : encoded(name).flatMap(database::user);
        if (user.isPresent()) {
            return user;
        }
        if (number.isEmpty()) {
            problems.add("user " + name + ": no such user; create it (adduser --system " + name + ") or name another.");
            return Optional.empty();
        }
        Optional<Long> gid = spec.group().flatMap(group -> group(database, group));
        if (spec.group().isEmpty()) {
            problems.add("user " + name + ": not in the user database, so its group is unknown; give the group too.");
        }
        return gid.map(group -> new UserDatabase.User("", number.getAsLong(), group, NOBODYS_HOME, ""));
    }

    private Optional<ProcessContext.Identity> identity(UserDatabase database, Optional<UserDatabase.User> user) {
        boolean knowsUser = spec.user().isEmpty() || user.isPresent();
        long uid = user.map(UserDatabase.User::uid).orElse(self.effectiveUid());
        Optional<Long> gid = spec.group().isPresent()
                ? spec.group().flatMap(group -> group(database, group))
                : Optional.of(user.map(UserDatabase.User::gid).orElse(self.effectiveGid()));
        TreeSet<Long> groups = new TreeSet<>();
        if (spec.supplementaryGroups().isPresent()) {
            spec.supplementaryGroups()
                    .get()
                    .forEach(group -> group(database, group).ifPresent(groups::add));
        } else if (gid.isPresent() && user.isPresent() && !user.get().name().isEmpty()) {
            groups.addAll(database.groups(user.get().name(), gid.get()));
        }
        return gid.filter(known -> knowsUser).map(known -> new ProcessContext.Identity(uid, known, groups));
    }

    private Optional<Long> group(UserDatabase database, String name) {
        OptionalLong number = number(name);
        if (number.isPresent()) {
            return Optional.of(number.getAsLong());
        }
        OptionalLong gid = encoded(name).map(database::group).orElse(OptionalLong.empty());
        if (gid.isEmpty()) {
            addOnce("group " + name + ": no such group; create it (addgroup --system " + name + ") or name another.");
            return Optional.empty();
        }
        return Optional.of(gid.getAsLong());
    }

    private void addOnce(String problem) {
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }

    private static OptionalLong number(String name) {
        return name.chars().allMatch(c -> c >= '0' && c <= '9')
                ? OptionalLong.of(Long.parseLong(name))
                : OptionalLong.empty();
    }

    /** No user has a name that this locale cannot write. */
    private static Optional<String> encoded(String name) {
        try {
            return Optional.of(ByteString.encode(name));
        } catch (ByteString.UnencodableException e) {
            return Optional.empty();
        }
    }

    /** A process that is what it should be needs no rights to become it, and keeps what it has. */
    private boolean isChange(ProcessContext.Identity identity) {
        boolean isSelf = self.uids().stream().allMatch(uid -> uid == identity.uid())
                && self.gids().stream().allMatch(gid -> gid == identity.gid());
        boolean hasGroups = self.groups().equals(identity.groups())
                || (spec.supplementaryGroups().isEmpty() && !self.may(Capability.SETGID));
        return !isSelf || !hasGroups;
    }

    private boolean isAnotherUser(ProcessContext.Identity identity) {
        return !self.uids().stream().allMatch(uid -> uid == identity.uid());
    }

    private void checkRights(ProcessContext.Identity identity) {
        boolean sameUser = !isAnotherUser(identity);
        boolean sameGroups = self.gids().stream().allMatch(gid -> gid == identity.gid())
                && self.groups().equals(identity.groups());
        if (!sameUser) {
            checkMay(Capability.SETUID, "user " + spec.user().orElse("") + " (uid " + identity.uid() + ")");
            checkMay(Capability.KILL, "user " + spec.user().orElse("") + ": to end a daemon that does not get ready");
        }
        if (!sameGroups) {
            String groups = "group " + identity.gid() + " and supplementary groups " + identity.groups();
            checkMay(
                    Capability.SETGID,
                    spec.user().map(user -> "user " + user + ": its ").orElse("") + groups);
        }
    }

    private void checkMay(int capability, String what) {
        if (!self.may(capability)) {
            problems.add(what + ": EPERM (this process is uid " + self.effectiveUid() + " and lacks CAP_"
                    + Capability.name(capability).toUpperCase(Locale.ROOT) + "); start it as root.");
        }
    }

    private Optional<SortedSet<Integer>> capabilities(boolean isAnotherUser) {
        if (spec.keptCapabilities().isEmpty()) {
            return isAnotherUser ? Optional.of(new TreeSet<>()) : Optional.empty();
        }
        SortedSet<Integer> permitted = self.capabilities("CapPrm");
        SortedSet<Integer> kept = new TreeSet<>();
        for (String name : spec.keptCapabilities().get()) {
            OptionalInt number = Capability.numberOf(name);
            if (number.isEmpty()) {
                problems.add("keepCapabilities " + name + ": no such capability; see capabilities(7).");
            } else if (!permitted.contains(number.getAsInt())) {
                problems.add(
                        "keepCapabilities " + name + ": EPERM (this process does not have it); start it as root, or"
                                + " allow it to the container.");
            } else {
                kept.add(number.getAsInt());
            }
        }
        return Optional.of(kept);
    }

    private void checkLimits(boolean isAnotherUser) {
        if (spec.limits().isEmpty()) {
            return;
        }
        try {
            ProcLimits limits = ProcLimits.ofThisProcess();
            boolean mayRaise = self.may(Capability.SYS_RESOURCE);
            for (ProcessContext.Limit limit : spec.limits()) {
                ProcessContext.Limit inForce = limits.inForce(limit);
                boolean raises = Long.compareUnsigned(limit.hard(), inForce.hard()) > 0;
                if (raises && mayRaise && limit.isOfMemory() && isAnotherUser) {
                    problems.add("limit " + limit.name() + " " + limit.values() + ": EPERM (" + inForce.values()
                            + " is in force, and it is another user who sets it, once it has memory of its own); ask"
                            + " for at most that, or raise the limit of whoever starts it.");
                } else if (raises && !mayRaise) {
                    problems.add("limit " + limit.name() + " " + limit.values() + ": EPERM (" + inForce.values()
                            + " is in force, and only root or CAP_SYS_RESOURCE may raise the hard limit); ask for at"
                            + " most that, or start it as root.");
                } else if (limit.resource() == Libc.RLIMIT_NOFILE() && limit.hard() != inForce.hard()) {
                    checkFiles(limit, inForce);
                }
            }
        } catch (IOException e) {
            problems.add("read " + nameOf(e, "/proc/self/limits") + ": " + FileErrno.of(e)
                    + "; see that /proc is mounted, and whole.");
        }
    }

    private static String nameOf(IOException e, String otherwise) {
        return e instanceof FileSystemException failure && failure.getFile() != null ? failure.getFile() : otherwise;
    }

    /** Not even root may allow itself more files than the kernel has. */
    private void checkFiles(ProcessContext.Limit limit, ProcessContext.Limit inForce) throws IOException {
        long most = Sysctl.number("fs/nr_open");
        if (Long.compareUnsigned(limit.hard(), most) > 0) {
            problems.add("limit " + limit.name() + " " + limit.values() + ": EPERM (" + inForce.values()
                    + " is in force, and /proc/sys/fs/nr_open allows " + most + "); ask for at most that.");
        }
    }

    private void checkPriorities() {
        boolean may = self.may(Capability.SYS_NICE);
        Optional<ProcStat> stat = ProcStat.ofThisProcess();
        int nice = stat.map(ProcStat::nice).orElse(0);
        if (spec.nice().isPresent()
                && spec.nice().getAsInt() < nice
                && !may
                && NICE_CEILING - spec.nice().getAsInt() > softLimit("RLIMIT_NICE", Libc.RLIMIT_NICE())) {
            problems.add("nice " + spec.nice().getAsInt() + ": EACCES (" + nice
                    + " is in force, and less needs root, CAP_SYS_NICE or RLIMIT_NICE); ask for at least " + nice
                    + ", or start it as root.");
        }
        spec.ioPriority()
                .filter(io -> io.number() == Libc.IOPRIO_CLASS_RT() && !may)
                .ifPresent(io -> problems.add("ioPriority " + io.name()
                        + ": EPERM (it needs root or CAP_SYS_NICE); ask for best-effort, or start it as root."));
        spec.scheduling()
                .filter(policy -> stat.filter(
                                own -> own.policy() == policy.number() && own.realtimePriority() == policy.priority())
                        .isEmpty())
                .filter(policy -> policy.priority() > softLimit("RLIMIT_RTPRIO", Libc.RLIMIT_RTPRIO()) && !may)
                .ifPresent(policy -> problems.add("scheduling " + policy.name()
                        + ": EPERM (it needs root, CAP_SYS_NICE or RLIMIT_RTPRIO); ask for another policy, or start it"
                        + " as root."));
        spec.cpus().ifPresent(this::checkCpus);
        spec.oomScoreAdjust().ifPresent(value -> checkOomScore(value));
    }

    /** The kernel takes those that are there and keeps silent about the others. */
    private void checkCpus(SortedSet<Integer> cpus) {
        TreeSet<Integer> others = new TreeSet<>(cpus);
        others.removeAll(self.cpus());
        others.forEach(cpu ->
                problems.add("cpuAffinity " + cpu + ": EINVAL (" + self.cpus() + " is in force); name some of these."));
    }

    private long softLimit(String name, int resource) {
        try {
            long soft = ProcLimits.ofThisProcess()
                    .inForce(new ProcessContext.Limit(name, resource, 0, 0))
                    .soft();
            return soft == ProcessContext.UNLIMITED ? Long.MAX_VALUE : soft;
        } catch (IOException e) {
            return 0;
        }
    }

    private void checkOomScore(int value) {
        try {
            int inForce = Integer.parseInt(
                    Files.readString(Path.of("/proc/self/oom_score_adj")).strip());
            if (value < inForce && !self.may(Capability.SYS_RESOURCE)) {
                problems.add("oomScoreAdjust " + value + ": EACCES (" + inForce
                        + " is in force, and less needs root or CAP_SYS_RESOURCE); ask for at least that.");
            }
        } catch (IOException e) {
            problems.add(
                    "read /proc/self/oom_score_adj: " + FileErrno.of(e) + "; see that /proc is mounted, and whole.");
        }
    }

    private void checkRoot(Path root, Path workingDirectory) {
        checkMay(Capability.SYS_CHROOT, "chroot " + root);
        if (!Files.isDirectory(root)) {
            problems.add("chroot " + root + ": "
                    + (Files.exists(root) ? "ENOTDIR (not a directory)" : "ENOENT (no such directory)")
                    + "; name a directory that exists.");
        } else if (!workingDirectory.isAbsolute()) {
            problems.add("workingDirectory " + workingDirectory
                    + ": relative, but in the new root directory there is nothing to be relative to; make it"
                    + " absolute.");
        }
    }
}
