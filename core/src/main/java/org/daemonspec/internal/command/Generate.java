package org.daemonspec.internal.command;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.generate.FileKind;
import org.daemonspec.internal.generate.GeneratedFile;
import org.daemonspec.internal.generate.ServiceFiles;
import org.daemonspec.internal.generate.UnusableException;
import org.daemonspec.internal.launch.LaunchSpec;

/** Prints a generated file, or which there are. */
record Generate(LaunchSpec spec, boolean isTask, PrintStream out, PrintStream err) {

    /** Of the words in the list. */
    private static final int WIDTH = 12;

    /** The exit code; {@code words} are all those of the command. */
    int obey(List<String> words, Optional<String> file) {
        ServiceFiles files;
        try {
            files = ServiceFiles.of(spec, Optional.of(words), isTask);
        } catch (UnusableException e) {
            e.problems().forEach(problem -> err.println(spec.name() + ": " + problem));
            return ExitCode.NOT_CONFIGURED;
        }
        return file.isEmpty() ? list(files) : print(files, file.get());
    }

    private int list(ServiceFiles files) {
        for (FileKind kind : FileKind.values()) {
            String text = files.whyNot(kind).map(reason -> "none: " + reason).orElseGet(kind::description);
            out.println(kind.word() + " ".repeat(WIDTH - kind.word().length()) + text);
            List<GeneratedFile> several = files.of(kind);
            if (several.size() > 1) {
                several.forEach(each -> out.println("  " + each.name()));
            }
        }
        return ExitCode.OK;
    }

    private int print(ServiceFiles files, String word) {
        Optional<GeneratedFile> named =
                files.all().stream().filter(file -> file.name().equals(word)).findAny();
        if (named.isPresent()) {
            return print(named.get());
        }
        Optional<FileKind> kind = FileKind.of(word);
        if (kind.isEmpty()) {
            err.println(spec.name() + ": unknown file '" + word + "'; give one of " + FileKind.words()
                    + ", or none for a list.");
            return ExitCode.USAGE;
        }
        Optional<String> reason = files.whyNot(kind.get());
        if (reason.isPresent()) {
            err.println(spec.name() + ": no " + word + " file: " + reason.get());
            return ExitCode.NOT_CONFIGURED;
        }
        List<GeneratedFile> found = files.of(kind.get());
        if (found.size() > 1) {
            err.println(spec.name() + ": there are several; give one of "
                    + String.join("|", found.stream().map(GeneratedFile::name).toList()) + ".");
            return ExitCode.USAGE;
        }
        return print(found.getFirst());
    }

    /** In UTF-8, whatever the locale. */
    private int print(GeneratedFile file) {
        out.writeBytes(file.content().getBytes(StandardCharsets.UTF_8));
        out.flush();
        return ExitCode.OK;
    }
}
