package org.daemonspec.internal.launch.commandline;

import java.util.List;

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

    private static boolean isAmong(List<String> prefixes, String option) {
        for (String prefix : prefixes) {
            if (option.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
