package org.daemonspec.internal.posix;

import java.util.List;

/**
 * What a new process shall be. Strings are {@linkplain ByteString byte strings}.
 *
 * @param path the program, absolute
 * @param arguments argv, with the program's name first
 * @param environment envp, each {@code NAME=value}
 * @param umask the file mode creation mask
 * @param workingDirectory opened for {@link Posix.OpenFor#ENTERING}
 * @param descriptors what the process shall have as descriptor 0, 1, 2 …; it has no others
 * @param context what else it is
 */
public record SpawnRequest(
        String path,
        List<String> arguments,
        List<String> environment,
        int umask,
        Descriptor workingDirectory,
        List<Descriptor> descriptors,
        ProcessContext context) {

    /** One that is in all else as the launcher. */
    public SpawnRequest(
            String path,
            List<String> arguments,
            List<String> environment,
            int umask,
            Descriptor workingDirectory,
            List<Descriptor> descriptors) {
        this(path, arguments, environment, umask, workingDirectory, descriptors, ProcessContext.INHERITED);
    }

    public SpawnRequest {
        arguments = List.copyOf(arguments);
        environment = List.copyOf(environment);
        descriptors = List.copyOf(descriptors);
    }
}
