package org.daemonspec.internal.inspect;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.daemonspec.internal.posix.ProcStat;
import org.jspecify.annotations.Nullable;

/** All processes that {@code /proc} shows, looked at once. */
final class ProcessTable {

    /** A descriptor of one of them. */
    record Holder(long pid, OpenFile file) {}

    private final Map<Long, ProcStat> processes = new TreeMap<>();
    private final List<Holder> descriptors = new ArrayList<>();
    private int hidden;
    private boolean searched;

    /** Looks at all of them. */
    static ProcessTable read() throws IOException {
        ProcessTable table = new ProcessTable();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                long pid = Long.parseLong(entry.getFileName().toString());
                ProcStat.of(pid).ifPresent(stat -> table.processes.put(pid, stat));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return table;
    }

    /** One of them. */
    Optional<ProcStat> find(long pid) {
        return Optional.ofNullable(processes.get(pid));
    }

    /** As a report calls it. */
    String name(long pid) {
        @Nullable ProcStat stat = processes.get(pid);
        return "process " + pid + (stat == null ? "" : " (" + stat.name() + ")");
    }

    /** The pids of those of which it is so. */
    List<Long> where(Predicate<ProcStat> predicate) {
        return processes.entrySet().stream()
                .filter(entry -> predicate.test(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** A process and all that come from it. */
    Set<Long> withDescendants(long pid) {
        Set<Long> found = new HashSet<>(Set.of(pid));
        int before = 0;
        while (found.size() > before) {
            before = found.size();
            found.addAll(where(stat -> found.contains(stat.parent())));
        }
        return found;
    }

    /** Who has such a descriptor, of those that are ours to look into. */
    List<Holder> holders(Predicate<OpenFile> predicate) {
        if (!searched) {
            processes.keySet().forEach(this::search);
            searched = true;
        }
        return descriptors.stream()
                .filter(holder -> predicate.test(holder.file()))
                .toList();
    }

    /** To be added to what was not found. */
    String blindSpot() {
        return hidden == 0
                ? ""
                : " (" + hidden + (hidden == 1 ? " process hides its" : " processes hide their")
                        + " descriptors from this user)";
    }

    private void search(long pid) {
        try {
            OpenFile.of(pid).forEach(file -> descriptors.add(new Holder(pid, file)));
        } catch (AccessDeniedException e) {
            if (!ProcStat.of(pid)
                    .map(ProcStat::isEnding)
                    .orElse(true)) { // who ends has none, and is nobody's to look into
                hidden++;
            }
        } catch (IOException ended) {
            // who has ended has none
        }
    }
}
