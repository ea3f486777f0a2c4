package org.daemonspec.internal.inspect;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daemonspec.internal.posix.ProcStat;

/** How far it is from whoever started it, steps 5 to 8; see credentials(7). */
final class SessionChecks {

    private static final long INIT = 1;
    private static final String OUTSIDE = ", whose leader is outside of this pid namespace";

    /** The names of those that adopt orphans in the place of init, see PR_SET_CHILD_SUBREAPER in prctl(2). */
    private static final Set<String> SUBREAPERS =
            Set.of("systemd", "init", "tini", "dumb-init", "containerd-shim", "conmon");

    private SessionChecks() {}

    /** {@code /proc} does not say who is a subreaper: what has lost its session's leader has been adopted. */
    static Judgement parent(Subject subject) {
        long parent = subject.stat().parent();
        String evidence =
                subject.proc("stat") + ": its parent is " + subject.table().name(parent);
        if (subject.pid() == INIT || parent == 0) {
            return Judgement.notApplicable(evidence + ", so this /proc does not show who started it");
        }
        if (parent == INIT) {
            return Judgement.pass(evidence);
        }
        if (subject.supervisor().isPresent()) {
            return Judgement.notApplicable(
                    evidence + "; " + subject.supervisor().get());
        }
        if (subject.table()
                .find(parent)
                .map(stat -> SUBREAPERS.contains(stat.name()))
                .orElse(false)) {
            return Judgement.pass(evidence + ", which adopts orphans");
        }
        if (subject.master() != subject.pid()) {
            return Judgement.notApplicable(evidence + ", which runs the same program; inspect that");
        }
        if (leaderOf(subject).isEmpty()) {
            return Judgement.pass(
                    evidence + ", and the leader of its session has ended, so that is who adopts orphans");
        }
        return Judgement.fail(
                evidence + ", which is neither init nor known to adopt orphans",
                "have it fork twice, and both times the parent exit.");
    }

    static Judgement session(Subject subject) {
        long session = subject.stat().session();
        String evidence = subject.proc("stat") + ": session " + session;
        Optional<ProcStat> leader = leaderOf(subject);
        if (session == 0) {
            return Judgement.notApplicable(evidence + OUTSIDE);
        }
        if (session == subject.pid()) {
            return Judgement.pass(evidence + ", its own");
        }
        if (leader.isEmpty()) {
            return Judgement.pass(evidence + ", whose leader has ended");
        }
        if (subject.family().contains(session)) {
            return Judgement.pass(
                    evidence + ", that of its master, " + subject.table().name(session));
        }
        evidence += ", that of " + subject.table().name(session);
        return subject.supervisor().isPresent()
                ? Judgement.notApplicable(evidence + "; " + subject.supervisor().get())
                : Judgement.fail(evidence, "have it call setsid(2): what ends that session ends the daemon.");
    }

    static Judgement terminal(Subject subject) {
        int terminal = subject.stat().terminal();
        String evidence = subject.proc("stat") + ": tty_nr is " + terminal;
        return terminal == 0
                ? Judgement.pass(evidence)
                : Judgement.fail(evidence, "have it call setsid(2): Ctrl-C there, and hanging up, end the daemon.");
    }

    /** Only a leader can acquire a terminal, by an open(2) without O_NOCTTY. */
    static Judgement leader(Subject subject) {
        long session = subject.stat().session();
        Optional<ProcStat> leader = leaderOf(subject);
        String evidence = subject.proc("stat") + ": session " + session;
        if (session == 0) {
            return Judgement.notApplicable(evidence + OUTSIDE);
        }
        if (leader.isEmpty()) {
            return Judgement.pass(evidence + ", whose leader has ended");
        }
        evidence += ", which "
                + (session == subject.pid()
                        ? "it leads itself"
                        : subject.table().name(session) + " leads");
        return subject.supervisor().isPresent()
                ? Judgement.notApplicable(evidence + "; " + subject.supervisor().get())
                : Judgement.fail(evidence, "have it fork again after setsid(2), and the parent exit.");
    }

    /** What was forked on the way and is left: alive above it, or dead and not reaped. What init has to reap is init's affair. */
    static Judgement intermediates(Subject subject) {
        Optional<ProcStat> leader = leaderOf(subject);
        long session = subject.stat().session();
        Set<Long> own = subject.table().withDescendants(subject.pid());
        List<Long> others = Zombies.lasting(
                subject.table(), pid -> !own.contains(pid), stat -> stat.session() == session && stat.parent() != INIT);
        if (!others.isEmpty()) {
            return Judgement.fail(
                    "/proc/" + others.getFirst() + "/stat: a zombie in its session, whose parent "
                            + subject.table()
                                    .find(others.getFirst())
                                    .map(stat -> subject.table().name(stat.parent()))
                                    .orElse("is gone")
                            + " does not reap it",
                    "have whoever forked it call waitpid(2), or end.");
        }
        if (subject.master() != subject.pid()) {
            return Judgement.notApplicable(subject.table().name(subject.stat().parent())
                    + " above it runs the same program: a master, or an intermediate that has not ended, which"
                    + " looks the same");
        }
        if (leader.isPresent() && session != subject.pid() && subject.stat().parent() == session) {
            return subject.supervisor().isPresent()
                    ? Judgement.notApplicable(subject.supervisor().get())
                    : Judgement.fail(
                            subject.proc("stat") + ": its parent, "
                                    + subject.table().name(session) + ", leads its session and has not ended",
                            "have the first child exit as soon as it has forked the daemon.");
        }
        return Judgement.pass("/proc/*/stat: no zombie in session " + session
                + " that anybody but init has to reap, and no parent in it");
    }

    static Judgement zombies(Subject subject) {
        List<Long> zombies = Zombies.lasting(subject.table(), pid -> true, stat -> stat.parent() == subject.pid());
        return zombies.isEmpty()
                ? Judgement.pass("/proc/*/stat: none of its children is a zombie")
                : Judgement.fail(
                        "/proc/*/stat: " + zombies.size() + " of its children "
                                + (zombies.size() == 1 ? "is a zombie, " : "are zombies, the first ")
                                + subject.table().name(zombies.getFirst()),
                        "have it call waitpid(2) on SIGCHLD.");
    }

    /** Of its session, if that has not ended. */
    private static Optional<ProcStat> leaderOf(Subject subject) {
        return subject.table().find(subject.stat().session()).filter(leader -> !leader.isZombie());
    }
}
