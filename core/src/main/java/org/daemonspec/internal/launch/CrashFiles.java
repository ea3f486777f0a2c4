package org.daemonspec.internal.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.daemonspec.internal.daemon.LogFiles;
import org.daemonspec.internal.posix.ByteString;

/** Where a daemon's JVM leaves its traces when it crashes or runs out of memory, unless its options say so. */
final class CrashFiles {

    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    private CrashFiles() {}

    /** HotSpot's options for them, as byte strings; none if there is no directory that the daemon's user may write. */
    static List<String> options(LaunchSpec spec, Credentials credentials) {
        Optional<Path> found = directory(spec, credentials);
        if (found.isEmpty()) {
            return List.of();
        }
        String directory = ByteString.of(found.get());
        return List.of(
                // HotSpot writes %p for the pid, and so %% for a per cent sign
                "-XX:ErrorFile=" + directory.replace("%", "%%") + "/hs_err_" + fileName(spec.name()) + "_%p.log",
                "-XX:HeapDumpPath=" + directory);
    }

    private static Optional<Path> directory(LaunchSpec spec, Credentials credentials) {
        if (spec.crashDirectory().isPresent()) {
            return Optional.of(spec.crashDirectory().get().toAbsolutePath());
        }
        LogFiles logs = spec.logFiles();
        for (Optional<Path> log : List.of(logs.stderr(), logs.stdout())) {
            Path parent = log.isPresent() ? log.get().getParent() : null;
            if (parent != null && FileAccess.mayWrite(parent, credentials)) {
                return Optional.of(parent);
            }
        }
        Path workingDirectory = spec.workingDirectory().toAbsolutePath();
        boolean isUsed = workingDirectory.getParent() != null // nobody looks for it in /
                && (WorkingDirectory.willBeMade(spec) || FileAccess.mayWrite(workingDirectory, credentials));
        return isUsed ? Optional.of(workingDirectory) : Optional.empty();
    }

    /** A name that needs no thought in a file name, nor in an option. */
    private static String fileName(String name) {
        StringBuilder plain = new StringBuilder(name);
        for (int i = 0; i < plain.length(); i++) {
            if (PLAIN.indexOf(plain.charAt(i)) < 0) {
                plain.setCharAt(i, '_');
            }
        }
        return plain.toString();
    }
}
