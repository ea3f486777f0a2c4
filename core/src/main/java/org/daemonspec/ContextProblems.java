package org.daemonspec;

import java.nio.charset.Charset;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
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
        context.user().ifPresent(user -> check.id("user", user));
        context.group().ifPresent(group -> check.id("group", group));
        context.supplementaryGroups()
                .ifPresent(groups -> groups.forEach(group -> check.id("supplementaryGroups", group)));
        context.limits().forEach(check::limit);
        check.range("nice", context.nice(), LOWEST_NICE, HIGHEST_NICE);
        check.range("oomScoreAdjust", context.oomScoreAdjust(), -OOM_SCORE_RANGE, OOM_SCORE_RANGE);
        context.ioPriority().ifPresent(io -> check.range("ioPriority", OptionalInt.of(io.level()), 0, LOWEST_IO_LEVEL));
        context.scheduling().ifPresent(check::scheduling);
        context.cpus().ifPresent(cpus -> {
            if (cpus.isEmpty()) {
                problems.add("cpuAffinity: name at least one processor, or leave it out.");
            }
            cpus.stream()
                    .filter(cpu -> cpu < 0 || cpu >= MOST_CPUS)
                    .forEach(cpu -> problems.add("cpuAffinity " + cpu + ": give 0 to " + (MOST_CPUS - 1) + "."));
        });
        context.processName().ifPresent(check::processName);
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
        boolean valid = Stream.of(limit.soft(), limit.hard()).allMatch(value -> value >= ResourceLimit.UNLIMITED);
        if (!valid) {
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
        if (length == 0 || length > LONGEST_PROCESS_NAME || name.chars().anyMatch(Character::isISOControl)) {
            problems.add("processName '" + SpecProblems.printable(name) + "': give 1 to " + LONGEST_PROCESS_NAME
                    + " bytes without control characters.");
        }
    }
}
