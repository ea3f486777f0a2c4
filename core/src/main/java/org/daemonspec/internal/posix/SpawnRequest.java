package org.daemonspec.internal.posix;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a new process shall be. Strings are {@linkplain ByteString byte strings}.
 *
 * @param path the program, absolute
 * @param arguments argv, with the program's name first
 * @param environment envp, each {@code NAME=value}
 * @param umask the file mode creation mask
 * @param workingDirectory opened for {@link Posix.OpenFor#ENTERING}
 * @param descriptors what the process shall have under which number; it has no others
 * @param context what else it is
 */
public record SpawnRequest(
        String path,
        List<String> arguments,
        List<String> environment,
        int umask,
        Descriptor workingDirectory,
        SortedMap<Integer, Descriptor> descriptors,
        ProcessContext context) {

    /** One that is in all else as the launcher. */
    public SpawnRequest(
            String path,
            List<String> arguments,
            List<String> environment,
            int umask,
            Descriptor workingDirectory,
            SortedMap<Integer, Descriptor> descriptors) {
        this(path, arguments, environment, umask, workingDirectory, descriptors, ProcessContext.INHERITED);
    }

    public SpawnRequest {
        arguments = List.copyOf(arguments);
        environment = List.copyOf(environment);
        descriptors = Collections.unmodifiableSortedMap(new TreeMap<>(descriptors));
    }

    /** What the process shall have under a number that is among those of {@link #descriptors}. */
    Descriptor source(int target) {
        return Objects.requireNonNull(descriptors.get(target));
    }

    /** These as descriptor 0, 1, 2 … */
    public static SortedMap<Integer, Descriptor> inOrder(Descriptor... descriptors) {
        return inOrder(List.of(descriptors));
    }

    /** The same. */
    public static SortedMap<Integer, Descriptor> inOrder(List<Descriptor> descriptors) {
        SortedMap<Integer, Descriptor> numbered = new TreeMap<>();
        for (Descriptor descriptor : descriptors) {
            numbered.put(numbered.size(), descriptor);
        }
        return numbered;
    }

    /** The same with other descriptors. */
    SpawnRequest with(Descriptor otherDirectory, SortedMap<Integer, Descriptor> others) {
        return new SpawnRequest(path, arguments, environment, umask, otherDirectory, others, context);
    }
}
