package org.daemonspec.internal.inspect;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.daemonspec.internal.posix.Capability;
import org.daemonspec.internal.posix.ProcStatus;

/** Who it is, and in every thread, step 13; see credentials(7). */
final class PrivilegeChecks {

    private static final long ROOT = 0;
    private static final String DROP =
            "drop with setgroups(2), setresgid(2) and setresuid(2), in this order, or have its starter do so.";

    private PrivilegeChecks() {}

    static Judgement privileges(Subject subject) throws IOException {
        ProcStatus status = subject.status();
        String evidence = subject.proc("status") + ": Uid " + status.uids() + ", Gid " + status.gids() + ", Groups "
                + status.groups();
        if (status.effectiveUid() == ROOT) {
            return Judgement.notApplicable(evidence + "; it runs as root, and whether it has to is nothing to be seen");
        }
        if (!isOne(status.uids()) || !isOne(status.gids())) {
            return Judgement.fail(evidence + ", so it can become again what it was", DROP);
        }
        if (status.gids().contains(ROOT) || status.groups().contains(ROOT)) {
            return Judgement.fail(evidence + ", so it is still in root's group", DROP);
        }
        return Judgement.pass(evidence + ", with " + capabilities(status));
    }

    private static String capabilities(ProcStatus status) {
        List<String> names =
                status.capabilities("CapPrm").stream().map(Capability::name).toList();
        return names.isEmpty() ? "no capability" : "capabilities " + String.join(", ", names);
    }

    private static boolean isOne(List<Long> ids) {
        return ids.stream().distinct().count() == 1;
    }

    /** The kernel changes one thread at a time; a C library that is gone around leaves the others as they were. */
    static Judgement threads(Subject subject) throws IOException {
        SortedMap<Long, ProcStatus> threads = subject.threads();
        Map<String, Long> identities = new TreeMap<>();
        threads.forEach((thread, status) -> identities.putIfAbsent(identity(status), thread));
        String where = subject.proc("task") + "/*/status: ";
        if (identities.size() == 1) {
            return Judgement.pass(
                    where + (threads.size() == 1 ? "one thread" : threads.size() + " threads, all the same"));
        }
        List<String> each = identities.entrySet().stream()
                .map(entry -> "thread " + entry.getValue() + " has " + entry.getKey())
                .toList();
        return Judgement.fail(
                where + String.join("; ", each), "change IDs by the C library's calls, which do so in every thread.");
    }

    private static String identity(ProcStatus status) {
        return "Uid " + status.uids() + " Gid " + status.gids() + " Groups " + status.groups() + " CapPrm "
                + Long.toHexString(status.bits("CapPrm")) + " CapEff " + Long.toHexString(status.bits("CapEff"));
    }
}
