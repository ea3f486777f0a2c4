package org.daemonspec;

import java.nio.charset.Charset;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.daemonspec.internal.launch.ContextSpec;
import org.daemonspec.internal.posix.ProcessContext;

/** What is wrong with a process context on any machine. */
final class ContextProblems {

    private static final int LOWEST_NICE = -20;
    private static final int HIGHEST_NICE = 19;
    private static final int LOWEST_IO_LEVEL = 7;
    private static final int HIGHEST_PRIORITY = 99;
    private static final int OOM_SCORE_RANGE = 1000;

    /** More than any kernel is built for. */
    private static final int MOST_CPUS = 8192;

    /** TASK_COMM_LEN less the NUL. */
    private static final int LONGEST_PROCESS_NAME = 15;

    /** 4294967295 means "unchanged" to setresuid(2). */
    private static final long GREATEST_ID = 0xFFFF_FFFEL;

    private final List<String> problems;

    private ContextProblems(List<String> problems) {
        this.problems = problems;
    }

    static void addTo(List<String> problems, ContextSpec context) {
        ContextProblems check = new ContextProblems(problems);
        if (context.user().isPresent()) {
            check.id("user", context.user().get());
        }
        if (context.group().isPresent()) {
            check.id("group", context.group().get());
        }
        if (context.supplementaryGroups().isPresent()) {
            for (String group : context.supplementaryGroups().get()) {
                check.id("supplementaryGroups", group);
            }
        }
        for (ProcessContext.Limit limit : context.limits()) {
            check.limit(limit);
        }
        check.range("nice", context.nice(), LOWEST_NICE, HIGHEST_NICE);
        check.range("oomScoreAdjust", context.oomScoreAdjust(), -OOM_SCORE_RANGE, OOM_SCORE_RANGE);
        if (context.ioPriority().isPresent()) {
            check.range("ioPriority", OptionalInt.of(context.ioPriority().get().level()), 0, LOWEST_IO_LEVEL);
        }
        if (context.scheduling().isPresent()) {
            check.scheduling(context.scheduling().get());
        }
        if (context.cpus().isPresent()) {
            check.cpus(context.cpus().get());
        }
        if (context.processName().isPresent()) {
            check.processName(context.processName().get());
        }
    }

    private void cpus(Set<Integer> cpus) {
        if (cpus.isEmpty()) {
            problems.add("cpuAffinity: name at least one processor, or leave it out.");
        }
        for (int cpu : cpus) {
            if (cpu < 0 || cpu >= MOST_CPUS) {
                problems.add("cpuAffinity " + cpu + ": give 0 to " + (MOST_CPUS - 1) + ".");
            }
        }
    }

    private void id(String what, String name) {
        if (name.isBlank() || name.indexOf('\0') >= 0 || name.indexOf(':') >= 0) {
            problems.add(what + " '" + SpecProblems.printable(name) + "': give a name or a number.");
        } else if (name.chars().allMatch(c -> c >= '0' && c <= '9')
                && (name.length() > 10 || Long.parseLong(name) > GREATEST_ID)) {
            problems.add(what + " " + name + ": give at most " + GREATEST_ID + ".");
        }
    }

    private void limit(ProcessContext.Limit limit) {
        if (limit.soft() < ResourceLimit.UNLIMITED || limit.hard() < ResourceLimit.UNLIMITED) {
            problems.add("limit " + limit.name() + " " + limit.soft() + ":" + limit.hard()
                    + ": give values that are not negative, or ResourceLimit.UNLIMITED.");
        } else if (Long.compareUnsigned(limit.soft(), limit.hard()) > 0) {
            problems.add("limit " + limit.name() + " " + limit.values()
                    + ": the soft limit is above the hard one; give a soft limit of at most that.");
        }
    }

    private void scheduling(ProcessContext.Policy policy) {
        boolean realtime = policy.name().contains(" ");
        if (realtime) {
            String name = policy.name().substring(0, policy.name().indexOf(' '));
            range("scheduling " + name, OptionalInt.of(policy.priority()), 1, HIGHEST_PRIORITY);
        }
    }

    private void range(String what, OptionalInt value, int lowest, int highest) {
        if (value.isPresent() && (value.getAsInt() < lowest || value.getAsInt() > highest)) {
            problems.add(what + " " + value.getAsInt() + ": give " + lowest + " to " + highest + ".");
        }
    }

    private void processName(String name) {
        int length = name.getBytes(Charset.defaultCharset()).length;
        if (length == 0 || length > LONGEST_PROCESS_NAME || SpecProblems.hasControlCharacter(name)) {
            problems.add("processName '" + SpecProblems.printable(name) + "': give 1 to " + LONGEST_PROCESS_NAME
                    + " bytes without control characters.");
        }
    }
}
