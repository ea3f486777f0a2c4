package org.daemonspec.internal.posix;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A {@link SpawnRequest} none of whose descriptors has a number that one of them shall get in the new process: dup2(2) onto such
 * a number would overwrite what is still to be copied. In a process that was started with stdin closed, ours may have those very
 * numbers, and a descriptor that keeps its number has it of necessity. Such a one is replaced by a copy; dup2 of a copy onto the
 * number clears close-on-exec as well, which that of a number onto itself does not before glibc 2.29.
 *
 * <p>Close it as soon as the process is there: a copy of a pipe's end keeps the pipe open. Not thread-safe: belongs to the thread
 * of its {@link Posix}.
 */
final class OutOfTheWay implements AutoCloseable {

    private static final int FIRST_OTHER = 3;

    private final Posix posix;
    private final List<Descriptor> copies = new ArrayList<>();
    private final SpawnRequest request;

    OutOfTheWay(Posix posix, SpawnRequest original) {
        this.posix = posix;
        try {
            SortedMap<Integer, Descriptor> sources = new TreeMap<>();
            for (int target : original.descriptors().keySet()) {
                sources.put(target, aside(original.source(target), original));
            }
            this.request = original.with(aside(original.workingDirectory(), original), sources);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    SpawnRequest request() {
        return request;
    }

    private Descriptor aside(Descriptor source, SpawnRequest original) {
        if (!original.descriptors().containsKey(source.number())) {
            return source;
        }
        Descriptor copy = posix.duplicateAbove(source.number(), FIRST_OTHER);
        while (original.descriptors().containsKey(copy.number())) {
            try (Descriptor taken = copy) {
                copy = posix.duplicateAbove(taken.number(), taken.number() + 1);
            }
        }
        copies.add(copy);
        return copy;
    }

    @Override
    public void close() {
        for (Descriptor copy : copies) {
            copy.close();
        }
    }
}
