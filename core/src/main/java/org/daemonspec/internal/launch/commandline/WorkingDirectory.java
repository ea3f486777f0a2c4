package org.daemonspec.internal.launch.commandline;

import java.nio.file.Files;
import org.daemonspec.internal.posix.ByteString;

/**
 * The directory against which this JVM's relative paths are meant.
 *
 * @param path absolute, as {@code /proc/self/cwd} reads
 */
record WorkingDirectory(String path) {

    /**
     * Makes a path absolute.
     *
     * @param separators the characters that end a path in the syntax it is part of
     * @throws UnresolvablePathException if the path is relative and the absolute one can't be had or can't be written
     */
    String resolve(String relative, String separators) throws UnresolvablePathException {
        if (relative.startsWith("/")) {
            return relative;
        }
        if (isDeleted()) {
            throw new UnresolvablePathException("the working directory " + ByteString.decode(path)
                    + " is gone, so that a relative path can't be resolved; start from a directory that exists.");
        }
        for (int i = 0; i < separators.length(); i++) {
            char separator = separators.charAt(i);
            if (path.indexOf(separator) >= 0) {
                throw new UnresolvablePathException("the working directory " + ByteString.decode(path) + " contains '"
                        + separator + "', which would end the path there; start from a directory without it.");
            }
        }
        if (relative.isEmpty() || relative.equals(".")) {
            return path;
        }
        return path.equals("/") ? path + relative : path + "/" + relative;
    }

    /** Whether there is a file, of any type, at an absolute path or a relative one in here. */
    boolean hasFile(String name) {
        try {
            return Files.exists(ByteString.toPath(resolve(name, "")));
        } catch (UnresolvablePathException e) {
            return false; // a directory that is gone holds none
        }
    }

    /** See proc_pid_cwd(5): the kernel marks the link of a removed directory. */
    private boolean isDeleted() {
        return path.endsWith(JvmProcess.DELETED) && !Files.isDirectory(ByteString.toPath(path));
    }
}
