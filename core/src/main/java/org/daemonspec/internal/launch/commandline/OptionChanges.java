package org.daemonspec.internal.launch.commandline;

import java.util.List;

/**
 * How the options of the next JVM differ from this one's, in byte strings.
 *
 * @param dropped those that are for this JVM alone, each as it stands on the command line or in a variable; with {@code *} at its end, all that
 *     begin so
 * @param added those that the next one gets after all others, as they are; the mark is the last
 * @param defaults those that it gets unless it has one of that name already; each {@code -XX:NAME=VALUE}
 */
public record OptionChanges(List<String> dropped, List<String> added, List<String> defaults) {

    /** None at all. */
    public static final OptionChanges NONE = new OptionChanges(List.of(), List.of(), List.of());

    public OptionChanges {
        dropped = List.copyOf(dropped);
        added = List.copyOf(added);
        defaults = List.copyOf(defaults);
    }

    /** Whether the next JVM goes without this option. */
    boolean drops(String option) {
        for (String pattern : dropped) {
            boolean isThis = pattern.endsWith("*")
                    ? option.startsWith(pattern.substring(0, pattern.length() - 1))
                    : option.equals(pattern);
            if (isThis) {
                return true;
            }
        }
        return false;
    }
}
