package org.daemonspec.internal.launch.commandline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** HotSpot's options for caches of classes. */
public final class CacheOption {

    /** They make a file at the end of a JVM, and a second JVM with the same one would replace it. */
    private static final List<String> RECORDING = List.of(
            "-XX:AOTCacheOutput=",
            "-XX:AOTConfiguration=",
            "-XX:AOTMode=record",
            "-XX:AOTMode=create",
            "-XX:ArchiveClassesAtExit=",
            "-XX:DumpLoadedClassList=",
            "-XX:+RecordDynamicDumpInfo");

    /** Two of these at once are an error, or one overrules the other. */
    private static final List<String> CHOICE = List.of(
            "-XX:AOTCache",
            "-XX:AOTMode=",
            "-XX:AOTConfiguration=",
            "-XX:ArchiveClassesAtExit=",
            "-XX:DumpLoadedClassList=",
            "-XX:SharedArchiveFile=",
            "-XX:SharedClassListFile=",
            "-XX:+AutoCreateSharedArchive",
            "-XX:+RecordDynamicDumpInfo",
            "-Xshare:");

    /** They would keep a training from learning why it fails. */
    private static final List<String> LOG = List.of("-Xlog:aot", "-Xlog:cds");

    private CacheOption() {}

    /** Whether a JVM with this option writes down what it does: the launcher's is for the launcher. */
    static boolean isRecording(String option) {
        return isAmong(RECORDING, option);
    }

    /** Whether it says which cache a JVM has, or that it has none. */
    public static boolean isChoice(String option) {
        return isAmong(CHOICE, option);
    }

    /** Whether one of them does. */
    static boolean isChoiceAmong(List<String> options) {
        for (String option : options) {
            if (isChoice(option)) {
                return true;
            }
        }
        return false;
    }

    /** The options that neither choose a cache nor say what is said of it. */
    public static List<String> without(List<String> options) {
        List<String> others = new ArrayList<>();
        for (String option : options) {
            if (!isChoice(option) && !isAmong(LOG, option)) {
                others.add(option);
            }
        }
        return others;
    }

    /** The environment with only such options in its variables. */
    public static Map<String, String> without(Map<String, String> environment) {
        Map<String, String> others = new TreeMap<>(environment);
        for (String variable : Variables.WITH_OPTIONS) {
            List<String> options = OptionString.parse(environment.getOrDefault(variable, ""));
            List<String> left = without(options);
            if (left.isEmpty()) {
                others.remove(variable);
            } else if (left.size() < options.size()) {
                others.put(variable, OptionString.format(left));
            }
        }
        return others;
    }

    /** The options in an environment's variables. */
    public static List<String> optionsIn(Map<String, String> environment) {
        List<String> options = new ArrayList<>();
        for (String variable : Variables.WITH_OPTIONS) {
            options.addAll(OptionString.parse(environment.getOrDefault(variable, "")));
        }
        return options;
    }

    private static boolean isAmong(List<String> prefixes, String option) {
        for (String prefix : prefixes) {
            if (option.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
