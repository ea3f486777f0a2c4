package org.daemonspec.internal.launch.commandline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.daemonspec.internal.posix.ByteString;

/**
 * Files that stand for options. They are replaced by what is in them: it may hold relative paths, and the file may be
 * gone before the daemon JVM reads it.
 */
record OptionFiles(WorkingDirectory workingDirectory, Findings findings) {

    private static final String VM_OPTIONS_FILE = "-XX:VMOptionsFile=";
    private static final String FLAGS_FILE = "-XX:Flags=";

    /** Whether a word given to the launcher or to HotSpot stands for a file of options. */
    static boolean isReference(String word) {
        return word.startsWith("@") || word.startsWith(VM_OPTIONS_FILE);
    }

    /** The arguments in the file of {@code @file}. */
    List<String> argFile(String file) {
        return ArgFile.parse(read("@" + file, file));
    }

    /**
     * HotSpot's options with options files replaced. What is not an option HotSpot can be told to ignore, but the
     * launcher would take it for the main class, so it is left out.
     */
    List<String> vmOptions(List<String> words) {
        List<String> options = new ArrayList<>();
        for (String word : words) {
            for (String option : expandVmOptionsFile(word)) {
                if (option.startsWith("-")) {
                    options.add(option);
                }
            }
        }
        return options;
    }

    private List<String> expandVmOptionsFile(String word) {
        return word.startsWith(VM_OPTIONS_FILE)
                ? OptionString.parse(read(word, word.substring(VM_OPTIONS_FILE.length())))
                : List.of(word);
    }

    /**
     * What {@code -XX:Flags=FILE} sets, each as {@code NAME=VALUE}, {@code +NAME} or {@code -NAME}; nothing for another option, nor
     * if the file cannot be read, which the daemon JVM will complain about.
     */
    List<String> flags(String option) {
        if (!option.startsWith(FLAGS_FILE)) {
            return List.of();
        }
        try {
            Path file = ByteString.toPath(workingDirectory.resolve(option.substring(FLAGS_FILE.length()), ""));
            return OptionString.parse(ByteString.read(file));
        } catch (IOException | UnresolvablePathException e) {
            return List.of();
        }
    }

    private String read(String reference, String file) {
        try {
            Path path = ByteString.toPath(workingDirectory.resolve(file, ""));
            if (Files.isRegularFile(path)) {
                return ByteString.read(path);
            }
            // a pipe, such as the shell makes of @<(...), is empty by now
            findings.problem(reference, "no regular file, or gone; keep the options in a file that stays.");
        } catch (IOException e) {
            findings.problem(reference, "can't be read (" + e + "); make the file readable.");
        } catch (UnresolvablePathException e) {
            findings.problem(reference, e.reason());
        }
        return "";
    }
}
