package org.daemonspec.support;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.daemonspec.DaemonSpec;
import org.daemonspec.IoPriority;
import org.daemonspec.ResourceLimit;
import org.daemonspec.Scheduling;

/**
 * Process context as words of a command line: {@code user group groups=A,B keep=A,B noNewPrivileges noCoreDumps
 * limit.NAME=SOFT:HARD nice io=CLASS:LEVEL scheduling=POLICY:PRIORITY cpus=0,1 oom dumpable processName chroot}.
 */
public final class ContextSettings {

    private ContextSettings() {}

    /** Sets what a word says; words that say something else are left alone. */
    public static void apply(DaemonSpec.Builder spec, String name, String value) {
        switch (name) {
            case "user" -> spec.user(value);
            case "group" -> spec.group(value);
            case "groups" -> spec.supplementaryGroups(list(value).toArray(String[]::new));
            case "keep" -> spec.keepCapabilities(list(value).toArray(String[]::new));
            case "noNewPrivileges" -> spec.noNewPrivileges();
            case "noCoreDumps" -> spec.noCoreDumps();
            case "nice" -> spec.nice(Integer.parseInt(value));
            case "io" -> spec.ioPriority(ioPriority(value.split(":", -1)));
            case "scheduling" -> spec.scheduling(scheduling(value.split(":", -1)));
            case "cpus" ->
                spec.cpuAffinity(
                        list(value).stream().mapToInt(Integer::parseInt).toArray());
            case "oom" -> spec.oomScoreAdjust(Integer.parseInt(value));
            case "dumpable" -> spec.dumpable(Boolean.parseBoolean(value));
            case "processName" -> spec.processName(value);
            case "chroot" -> spec.chroot(Path.of(value));
            default -> {
                if (name.startsWith("limit.")) {
                    String[] values = value.split(":", -1);
                    spec.limit(
                            ResourceLimit.valueOf(name.substring("limit.".length())),
                            Long.parseLong(values[0]),
                            Long.parseLong(values[values.length - 1]));
                }
            }
        }
    }

    private static List<String> list(String value) {
        return Arrays.stream(value.split(",", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static IoPriority ioPriority(String... words) {
        return switch (words[0]) {
            case "idle" -> IoPriority.idle();
            case "realtime" -> IoPriority.realtime(Integer.parseInt(words[1]));
            default -> IoPriority.bestEffort(Integer.parseInt(words[1]));
        };
    }

    private static Scheduling scheduling(String... words) {
        return switch (words[0]) {
            case "other" -> Scheduling.other();
            case "batch" -> Scheduling.batch();
            case "idle" -> Scheduling.idle();
            case "fifo" -> Scheduling.fifo(Integer.parseInt(words[1]));
            default -> Scheduling.roundRobin(Integer.parseInt(words[1]));
        };
    }
}
