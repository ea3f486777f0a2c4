package org.daemonspec.internal.posix;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.util.List;

/** Files of {@code /proc}, as the kernel writes them: what a process calls itself says nothing else about it. */
public final class ProcFilesFuzz {

    /** TASK_COMM_LEN, without the NUL. */
    private static final int LONGEST_NAME = 15;

    private static final List<String> WORDS =
            List.of("\n", "\r", "\u000B", "\t", " ", ")", "(", ") Z 1", "Uid:", "NoNewPrivs:", "1", "0", "\\");

    private ProcFilesFuzz() {}

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        String name = name(data);
        checkStat(name, data);
        checkStatus(name, data);
        checkLimits(data);
    }

    private static String name(FuzzedDataProvider data) {
        StringBuilder name = new StringBuilder();
        while (data.remainingBytes() > 0 && data.consumeBoolean()) {
            name.append(
                    data.consumeBoolean() ? data.pickValue(WORDS) : String.valueOf((char) data.consumeInt(1, 0xFF)));
        }
        return name.substring(0, Math.min(name.length(), LONGEST_NAME));
    }

    private static void checkStat(String name, FuzzedDataProvider data) {
        char state = data.pickValue(List.of("R", "S", "Z", "X")).charAt(0);
        long parent = data.consumeLong(0, 1 << 22);
        long start = data.consumeLong(0, Long.MAX_VALUE);
        int waitStatus = data.consumeInt(0, 0xFFFF);
        ProcStat stat = ProcStat.parse("12 (" + name + ") " + state + " " + parent
                + " 7 12 34816 -1 4194560 0 0 0 0 0 0 0 0 20 -5"
                + " 3 0 " + start + " 8192 0 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 "
                + waitStatus + "\n");
        check(stat.name().equals(name), "name " + stat);
        check(stat.state() == state && stat.parent() == parent, "state " + stat);
        check(stat.startTime() == start && stat.waitStatus() == waitStatus, "times " + stat);
        check(stat.processGroup() == 7 && stat.nice() == -5 && stat.threads() == 3, "numbers " + stat);
    }

    /** Of a name, the kernel escapes what would end the line and the backslash, and nothing else. */
    private static void checkStatus(String name, FuzzedDataProvider data) {
        long uid = data.consumeInt(0, Integer.MAX_VALUE);
        String kernels = "Name:\t" + name.replace("\\", "\\\\").replace("\n", "\\n")
                + "\nUmask:\t0022\nTgid:\t12\nUid:\t" + uid + "\t" + uid + "\t" + uid + "\t" + uid
                + "\nGid:\t1\t2\t3\t4\nGroups:\t5 6 \nCapEff:\t0000000000000400\n";
        ProcStatus status = ProcStatus.parse(kernels);
        check(status.uids().equals(List.of(uid, uid, uid, uid)), "uids " + status.uids());
        check(status.gids().equals(List.of(1L, 2L, 3L, 4L)), "gids " + status.gids());
        check(List.copyOf(status.groups()).equals(List.of(5L, 6L)), "groups " + status.groups());
        check(status.may(10) && !status.may(0), "capabilities");
        try {
            // older than PR_SET_NO_NEW_PRIVS: nobody can say so by his name
            check(!status.noNewPrivileges(), "no_new_privs by the name " + name);
            check(false, "no_new_privs without a line");
        } catch (IllegalStateException noSuchLine) {
            check(noSuchLine.getMessage().contains("NoNewPrivs"), "names the line");
        }
    }

    private static void checkLimits(FuzzedDataProvider data) {
        long soft = data.consumeLong(0, Long.MAX_VALUE);
        long hard = data.consumeLong(0, Long.MAX_VALUE);
        ProcLimits limits = ProcLimits.parse(List.of(
                String.format("%-25s %-20s %-20s %-10s", "Limit", "Soft Limit", "Hard Limit", "Units"),
                String.format("%-25s %-20s %-20s %-10s", "Max cpu time", "unlimited", "unlimited", "seconds"),
                String.format("%-25s %-20d %-20d %-10s", "Max open files", soft, hard, "files"),
                String.format("%-25s %-20s %-20s %-10s", "Max realtime timeout", "unlimited", "unlimited", "us")));
        ProcessContext.Limit limit = limits.inForce(new ProcessContext.Limit("NOFILE", 7, 0, 0));
        check(limit.soft() == soft && limit.hard() == hard, "limits " + limit);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
