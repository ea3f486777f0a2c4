package org.daemonspec.internal.generate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Where a service writes, as a unit says it: directories that systemd makes for it, see {@code RuntimeDirectory=} in
 * systemd.exec(5), and those that are there.
 *
 * @param made the directive and the directories below its root, such as {@code LogsDirectory} and {@code echo}
 * @param writable further directories
 * @param pidfile one in a directory that is not the service's alone, so that somebody has to make the file for it
 */
record Places(Map<String, Set<String>> made, Set<Path> writable, Optional<Path> pidfile) {

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

    static Places of(Service service) {
        Map<String, Set<String>> made = new TreeMap<>();
        Set<Path> writable = new TreeSet<>();
        Optional<Path> strange = service.pidfile().filter(pidfile -> isSystems(Service.directoryOf(pidfile)));
        Stream.of(
                        service.pidfile().filter(path -> strange.isEmpty()).map(Service::directoryOf).stream(),
                        service.logs().stream().map(Service::directoryOf),
                        service.workingDirectory().stream(),
                        service.crashDirectory().stream(),
                        service.socketFiles().stream().map(Service::directoryOf))
                .flatMap(each -> each)
                .forEach(directory -> below(directory)
                        .ifPresentOrElse(
                                root -> made.computeIfAbsent(root.getKey(), key -> new TreeSet<>())
                                        .add(root.getValue()
                                                .relativize(directory)
                                                .toString()),
                                () -> writable.add(directory)));
        return new Places(made, writable, strange);
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
