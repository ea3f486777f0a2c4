package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.daemonspec.internal.posix.ByteString;

/** Where a daemon's JVM leaves its traces when it crashes or runs out of memory, unless its options say so. */
final class CrashFiles {

    private CrashFiles() {}

    /** HotSpot's options for them, as byte strings; none if there is no directory that the daemon's user may write. */
    static List<String> options(LaunchSpec spec, Credentials credentials) {
        return directory(spec, credentials)
                .map(ByteString::of)
                .map(directory -> List.of(
                        // HotSpot writes %p for the pid, and so %% for a per cent sign
                        "-XX:ErrorFile=" + directory.replace("%", "%%") + "/hs_err_" + fileName(spec.name())
                                + "_%p.log",
                        "-XX:HeapDumpPath=" + directory))
                .orElse(List.of());
    }

    private static Optional<Path> directory(LaunchSpec spec, Credentials credentials) {
        if (spec.crashDirectory().isPresent()) {
            return spec.crashDirectory().map(Path::toAbsolutePath);
        }
        Stream<Path> logs = Stream.of(spec.logFiles().stderr(), spec.logFiles().stdout())
                .flatMap(Optional::stream)
                .map(Path::getParent)
                .filter(directory -> FileAccess.mayWrite(directory, credentials));
        Stream<Path> workingDirectory = Stream.of(spec.workingDirectory().toAbsolutePath())
                .filter(directory -> directory.getParent() != null) // nobody looks for it in /
                .filter(directory -> WorkingDirectory.willBeMade(spec) || FileAccess.mayWrite(directory, credentials));
        return Stream.concat(logs, workingDirectory).findFirst();
    }

    /** A name that needs no thought in a file name, nor in an option. */
    private static String fileName(String name) {
        return name.replaceAll("[^A-Za-z0-9._-]", "_");
    }
}
