package org.daemonspec.internal.generate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where a service writes, as a unit says it: directories that systemd makes for it, see {@code RuntimeDirectory=} in
 * systemd.exec(5), and those that are there.
 *
 * @param made the directive and the directories below its root, such as {@code LogsDirectory} and {@code echo}
 * @param writable further directories
 * @param pidfile one in a directory that is not the service's alone, so that somebody has to make the file for it
 * @param own directories where the service's user may replace files; none if it is root
 */
record Places(Map<String, Set<String>> made, Set<Path> writable, Optional<Path> pidfile, Set<Path> own) {

    private static final String RUNTIME = "RuntimeDirectory";

    private static final Map<String, Path> ROOTS = Map.of(
            RUNTIME,
            Path.of("/run"),
            "StateDirectory",
            Path.of("/var/lib"),
            "CacheDirectory",
            Path.of("/var/cache"),
            "LogsDirectory",
            Path.of("/var/log"));

    /** Below /run, but nobody's alone. */
    private static final List<Path> SHARED =
            List.of(Path.of("/run/user"), Path.of("/run/lock"), Path.of("/run/systemd"), Path.of("/run/dbus"));

    /** Directories that everybody may write anyway. */
    private static final Set<Path> PUBLIC = Set.of(Path.of("/tmp"), Path.of("/var/tmp"), Path.of("/dev/shm"));

    /** Anybody's, or a person's: who may write there may replace a log by a symbolic link. */
    private static final List<Path> UNSAFE =
            List.of(Path.of("/tmp"), Path.of("/var/tmp"), Path.of("/dev/shm"), Path.of("/home"), Path.of("/run/user"));

    static Places of(Service service) {
        Optional<Path> strange = service.pidfile().filter(pidfile -> isSystems(Service.directoryOf(pidfile)));
        Set<Path> written = new TreeSet<>();
        service.pidfile()
                .filter(path -> strange.isEmpty())
                .map(Service::directoryOf)
                .ifPresent(written::add);
        service.workingDirectory().ifPresent(written::add);
        service.crashDirectory().ifPresent(written::add);
        service.socketFiles().forEach(socket -> written.add(Service.directoryOf(socket)));
        List<Path> logs = service.logs().stream().map(Service::directoryOf).toList();
        if (service.spec().logs().rotation().isPresent()) {
            written.addAll(logs); // the daemon renames them
        }
        boolean isRoot = service.owner().isRoot();
        Set<Path> own = new TreeSet<>();
        if (!isRoot) {
            own.addAll(written);
            own.addAll(UNSAFE);
        }
        Places places = new Places(new TreeMap<>(), new TreeSet<>(), strange, own);
        written.forEach(places::make);
        logs.forEach(directory -> {
            if (isRoot || places.isOwn(directory)) {
                places.make(directory);
            } else {
                places.writable.add(directory);
            }
        });
        return places;
    }

    private void make(Path directory) {
        below(directory)
                .ifPresentOrElse(
                        root -> made.computeIfAbsent(root.getKey(), key -> new TreeSet<>())
                                .add(root.getValue().relativize(directory).toString()),
                        () -> writable.add(directory));
    }

    /**
     * Whether the service's user may replace what is in a directory. Root must not open a file there by its name, since it may have
     * become a symbolic link.
     */
    boolean isOwn(Path directory) {
        return own.stream().anyMatch(directory::startsWith);
    }

    /** Whether a directory is part of the system, such as /run, where a user may not make files. */
    private static boolean isSystems(Path directory) {
        return (directory.getNameCount() <= 1 && !PUBLIC.contains(directory)) || ROOTS.containsValue(directory);
    }

    private static Optional<Map.Entry<String, Path>> below(Path directory) {
        return ROOTS.entrySet().stream()
                .filter(root -> directory.startsWith(root.getValue()) && !directory.equals(root.getValue()))
                .filter(root -> SHARED.stream().noneMatch(directory::startsWith))
                .findAny();
    }

    /** Whether a directory is one that systemd takes away when the service ends. */
    boolean isRuntime(Path directory) {
        return below(directory).filter(root -> root.getKey().equals(RUNTIME)).isPresent();
    }

    /** Writable paths as systemd is told of them. */
    List<String> readWritePaths() {
        List<String> paths = new ArrayList<>();
        writable.forEach(path -> paths.add(path.toString()));
        pidfile.ifPresent(path -> paths.add("-" + path)); // it may not be there yet when systemd looks
        return paths;
    }
}
