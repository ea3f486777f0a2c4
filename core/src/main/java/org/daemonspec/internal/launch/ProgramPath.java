package org.daemonspec.internal.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.daemonspec.internal.posix.ByteString;

/** Finds a program as execvp(3) does: a name with a slash is a path, any other is looked for in PATH. */
final class ProgramPath {

    private ProgramPath() {}

    /**
     * The absolute path; empty if no directory of PATH has such a program. All are byte strings.
     *
     * @param program name or path
     * @param searchPath directories with colons between them; an empty one is the working directory
     */
    static Optional<String> find(String program, String searchPath) {
        return find(program, searchPath, ByteString.of(Path.of("")), "");
    }

    /**
     * The same in another root directory, where a link may lead to what is only there: whether it does, execve(2) tells.
     *
     * @param workingDirectory in the new root directory
     * @param root of the program, without a slash at its end
     */
    static Optional<String> find(String program, String searchPath, String workingDirectory, String root) {
        if (program.contains("/")) {
            return Optional.of(absolute(program, workingDirectory));
        }
        for (String directory : searchPath.split(":", -1)) {
            String candidate = absolute(directory, workingDirectory) + "/" + program;
            Path file = ByteString.toPath(root + candidate);
            boolean isLinkInside = !root.isEmpty() && Files.isSymbolicLink(file);
            if (isLinkInside || (Files.isRegularFile(file) && Files.isExecutable(file))) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static String absolute(String path, String workingDirectory) {
        return path.startsWith("/") ? path : workingDirectory + "/" + path;
    }
}
