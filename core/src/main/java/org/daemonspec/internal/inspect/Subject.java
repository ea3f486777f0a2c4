package org.daemonspec.internal.inspect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.daemonspec.internal.posix.ProcDirectory;
import org.daemonspec.internal.posix.ProcStat;
import org.daemonspec.internal.posix.ProcStatus;
import org.daemonspec.internal.supervisor.Supervision;
import org.jspecify.annotations.Nullable;

/** The process that is inspected. What it has open, and its pidfile, are looked at once. Not thread-safe. */
final class Subject {

    private static final long INIT = 1;

    /** What is of all threads together. */
    private static final Set<String> OF_PROCESS = Set.of("stat", "task");

    private final long pid;
    private final Path directory;
    private final ProcStat stat;
    private final ProcessTable table;
    private final Supervision supervision;
    private @Nullable List<OpenFile> openFiles;
    private final Optional<InspectedPidfile> given;
    private Optional<InspectedPidfile> pidfile;
    private boolean isPidfileKnown;

    Subject(long pid, ProcStat stat, ProcessTable table, Optional<InspectedPidfile> given) {
        this.pid = pid;
        this.directory = ProcDirectory.of(pid);
        this.stat = stat;
        this.table = table;
        this.given = given;
        this.pidfile = given;
        this.isPidfileKnown = given.isPresent();
        this.supervision = Supervision.ofProcess(pid);
    }

    /** The same process, of which nothing is known yet but that it is the same. */
    Subject seenAnew() throws IOException {
        return new Subject(pid, stat, ProcessTable.read(), given);
    }

    long pid() {
        return pid;
    }

    ProcStat stat() {
        return stat;
    }

    ProcessTable table() {
        return table;
    }

    /** Who looks after it, with the reason why that is believed. */
    Optional<String> supervisor() {
        return supervision.supervisor().map(name -> name + " looks after it (" + supervision.reason() + ")");
    }

    /** A file of it in {@code /proc}. */
    Path proc(String name) {
        return OF_PROCESS.contains(name) ? Path.of("/proc", Long.toString(pid), name) : directory.resolve(name);
    }

    ProcStatus status() throws IOException {
        return ProcStatus.in(directory);
    }

    List<OpenFile> openFiles() throws IOException {
        List<OpenFile> known = openFiles;
        if (known == null) {
            known = OpenFile.of(pid);
            openFiles = known;
        }
        return known;
    }

    /** Those beside stdin, stdout and stderr. */
    List<OpenFile> furtherFiles() throws IOException {
        return openFiles().stream().filter(file -> !file.isStandardStream()).toList();
    }

    /** Its threads, by number; those that end meanwhile are not among them. */
    SortedMap<Long, ProcStatus> threads() throws IOException {
        SortedMap<Long, ProcStatus> threads = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc("task"))) {
            for (Path entry : entries) {
                long thread = Long.parseLong(entry.getFileName().toString());
                try {
                    threads.put(thread, ProcStatus.ofThread(pid, thread));
                } catch (IOException ended) {
                    // threads come and go
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        if (threads.isEmpty()) {
            throw new NoSuchFileException(proc("task").toString());
        }
        return threads;
    }

    /** Whether HotSpot runs in it. */
    boolean isJvm() throws IOException {
        return Files.readAllLines(proc("maps"), StandardCharsets.ISO_8859_1).stream()
                .anyMatch(Subject::isOfHotSpot);
    }

    /** A line of {@code /proc/PID/maps}. Of a JDK that was updated meanwhile, the file is deleted. */
    static boolean isOfHotSpot(String mapping) {
        return mapping.endsWith("/libjvm.so") || mapping.endsWith("/libjvm.so (deleted)");
    }

    /** Its pidfile: the one that was named, or else a locked file that contains its pid. */
    Optional<InspectedPidfile> pidfile() throws IOException {
        if (!isPidfileKnown) {
            pidfile = InspectedPidfile.lockedBy(this);
            isPidfileKnown = true;
        }
        return pidfile;
    }

    /**
     * Who shares descriptors with it for good reason: what comes from it, and a master above that runs the same program, with all that
     * comes from that; and whoever looks after it.
     */
    Set<Long> family() {
        Set<Long> family = new HashSet<>(table.withDescendants(master()));
        if (supervision.supervisor().isPresent()) {
            family.add(stat.parent());
        }
        return family;
    }

    /** The outermost process above that runs the same program, without a gap; itself if there is none. */
    long master() {
        long master = pid;
        Optional<ProcStat> process = Optional.of(stat);
        while (process.isPresent()
                && process.get().parent() > INIT
                && runsTheSame(process.get().parent())) {
            master = process.get().parent();
            process = table.find(master);
        }
        return master;
    }

    /** Whether another process runs the same executable; not if that is not to be seen. */
    boolean runsTheSame(long other) {
        try {
            return Files.readSymbolicLink(proc("exe"))
                    .equals(Files.readSymbolicLink(Path.of("/proc", Long.toString(other), "exe")));
        } catch (IOException notOurs) {
            return false;
        }
    }
}
