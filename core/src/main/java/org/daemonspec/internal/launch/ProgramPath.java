package org.daemonspec.internal.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds a program as execvp(3) does: a name with a slash is a path, any other is looked for in PATH. */
final class ProgramPath {

    private ProgramPath() {}

    /** The absolute path; empty if no directory of PATH has such a program. */
    static Optional<Path> find(String program, String searchPath) {
        if (program.contains("/")) {
            return Optional.of(Path.of(program).toAbsolutePath());
        }
        for (String directory : searchPath.split(":", -1)) {
            Path candidate = Path.of(directory).resolve(program).toAbsolutePath();
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
