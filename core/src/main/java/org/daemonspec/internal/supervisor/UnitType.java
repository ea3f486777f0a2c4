package org.daemonspec.internal.supervisor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.daemonspec.internal.posix.ByteString;

/**
 * What a unit file says of how systemd knows that a service is up: {@code Type=} in systemd.service(5). A process cannot tell
 * {@code forking} from {@code simple} by its environment, but has to do the opposite.
 *
 * @param unit the name of the unit
 * @param type the value; empty if the file does not say
 */
record UnitType(String unit, String type) {

    /** Where the system's units are, first things first, see systemd.unit(5). */
    private static final List<Path> DIRECTORIES = List.of(
            Path.of("/etc/systemd/system.control"),
            Path.of("/run/systemd/system.control"),
            Path.of("/run/systemd/transient"),
            Path.of("/run/systemd/generator.early"),
            Path.of("/etc/systemd/system"),
            Path.of("/etc/systemd/system.attached"),
            Path.of("/run/systemd/system"),
            Path.of("/run/systemd/system.attached"),
            Path.of("/run/systemd/generator"),
            Path.of("/usr/local/lib/systemd/system"),
            Path.of("/usr/lib/systemd/system"),
            Path.of("/lib/systemd/system"),
            Path.of("/run/systemd/generator.late"));

    private static final String SUFFIX = ".service";

    /** Of a unit, see systemd.unit(5); a control group that somebody else has made may have any name, and not every locale has each. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9:_.\\\\@-]+\\.service");

    /** Whether the service is up when the process that was started has ended. */
    boolean waitsForTheEnd() {
        return type.equals("forking") || type.equals("oneshot");
    }

    /** The unit that a process belongs to, if it is one of the system's and its file can be read. */
    static Optional<UnitType> ofProcess(long pid) {
        try {
            return unitOf(ByteString.read(Path.of("/proc", Long.toString(pid), "cgroup")))
                    .flatMap(unit -> of(unit, DIRECTORIES));
        } catch (IOException noControlGroups) {
            return Optional.empty();
        }
    }

    /** The last service in a path such as {@code 0::/system.slice/echo.service}; see cgroups(7). */
    static Optional<String> unitOf(String controlGroups) {
        return controlGroups
                .lines()
                .filter(line -> line.startsWith("0::") || line.contains(":name=systemd:"))
                .flatMap(line -> List.of(line.split("/", -1)).reversed().stream())
                .filter(component -> NAME.matcher(component).matches())
                .findFirst();
    }

    /** The first file of that name, and then what its drop-ins say. */
    static Optional<UnitType> of(String unit, List<Path> directories) {
        Optional<Path> file = names(unit).stream()
                .flatMap(name -> directories.stream().map(directory -> directory.resolve(name)))
                .filter(Files::isRegularFile)
                .findFirst();
        if (file.isEmpty()) {
            return Optional.empty();
        }
        String type = typeIn(file.get()).orElse("");
        for (Path dropIn : dropIns(unit, directories)) {
            type = typeIn(dropIn).orElse(type);
        }
        return Optional.of(new UnitType(unit, type));
    }

    /** An instance, {@code echo@1.service}, may have the file of its template, {@code echo@.service}. */
    private static List<String> names(String unit) {
        int at = unit.indexOf('@');
        return at < 0 ? List.of(unit) : List.of(unit, unit.substring(0, at + 1) + SUFFIX);
    }

    /** In the order of their own names, wherever they are; of one name, the first directory's. */
    private static List<Path> dropIns(String unit, List<Path> directories) {
        List<Path> files = new ArrayList<>();
        for (Path directory : directories) {
            for (String name : names(unit)) {
                try (DirectoryStream<Path> entries =
                        Files.newDirectoryStream(directory.resolve(name + ".d"), "*.conf")) {
                    for (Path entry : entries) {
                        if (files.stream().noneMatch(file -> file.getFileName().equals(entry.getFileName()))) {
                            files.add(entry);
                        }
                    }
                } catch (IOException none) {
                    // most units have no drop-ins
                }
            }
        }
        files.sort(Comparator.comparing(Path::getFileName));
        return files;
    }

    /** The last assignment counts. */
    private static Optional<String> typeIn(Path file) {
        try {
            return ByteString.read(file)
                    .lines()
                    .map(String::strip)
                    .filter(line -> line.startsWith("Type") && line.contains("="))
                    .filter(line -> line.substring(0, line.indexOf('=')).strip().equals("Type"))
                    .map(line -> line.substring(line.indexOf('=') + 1).strip())
                    .reduce((first, second) -> second);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
