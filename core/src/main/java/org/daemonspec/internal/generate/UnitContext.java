package org.daemonspec.internal.generate;

import java.util.Locale;
import java.util.stream.Collectors;
import org.daemonspec.internal.launch.ContextSpec;
import org.daemonspec.internal.posix.ProcessContext;

/** What a process is besides its program, in the words of systemd.exec(5). */
final class UnitContext {

    private static final String LIMIT_PREFIX = "RLIMIT_";

    /** 20 less the lowest nice value. */
    private static final int MOST_NICE = 40;

    private UnitContext() {}

    static void addTo(Lines lines, ContextSpec context) {
        context.limits()
                .forEach(limit -> lines.set(
                        "Limit" + limit.name().substring(LIMIT_PREFIX.length()),
                        value(limit, limit.soft()) + ":" + value(limit, limit.hard())));
        context.nice().ifPresent(nice -> lines.set("Nice", nice));
        context.ioPriority().ifPresent(io -> {
            lines.set("IOSchedulingClass", firstWord(io.name()));
            if (!firstWord(io.name()).equals("idle")) {
                lines.set("IOSchedulingPriority", io.level());
            }
        });
        context.scheduling().ifPresent(policy -> {
            lines.set("CPUSchedulingPolicy", firstWord(policy.name()));
            if (policy.priority() > 0) {
                lines.set("CPUSchedulingPriority", policy.priority());
            }
        });
        context.cpus()
                .ifPresent(cpus -> lines.set(
                        "CPUAffinity", cpus.stream().map(String::valueOf).collect(Collectors.joining(" "))));
        context.oomScoreAdjust().ifPresent(value -> lines.set("OOMScoreAdjust", value));
    }

    /** Whether the kernel runs it before all others. */
    static boolean isRealtime(ContextSpec context) {
        return context.scheduling().filter(policy -> policy.priority() > 0).isPresent();
    }

    /** The capabilities it keeps, as capabilities(7) writes them. */
    static String capabilities(ContextSpec context) {
        return context.keptCapabilities().stream()
                .flatMap(names -> names.stream())
                .map(name -> name.toUpperCase(Locale.ROOT))
                .map(name -> name.startsWith("CAP_") ? name : "CAP_" + name)
                .distinct()
                .collect(Collectors.joining(" "));
    }

    private static String value(ProcessContext.Limit limit, long value) {
        if (limit.name().equals("RLIMIT_NICE") && (value == ProcessContext.UNLIMITED || value > MOST_NICE)) {
            return Integer.toString(MOST_NICE); // more is not to be had, and systemd takes no other word for it
        }
        return value == ProcessContext.UNLIMITED ? "infinity" : Long.toUnsignedString(value);
    }

    private static String firstWord(String words) {
        return words.split(" ", -1)[0];
    }
}
