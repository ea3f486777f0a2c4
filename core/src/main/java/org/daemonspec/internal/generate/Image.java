package org.daemonspec.internal.generate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a program is within a container image: its files under the same paths, and the image's java. */
final class Image {

    /** In Eclipse Temurin's images. */
    static final String JAVA = "/opt/java/openjdk/bin/java";

    /** Nobody's on a machine, as distributions give users from 1000 on and system users below. */
    static final int USER_ID = 10001;

    private static final Set<String> ROOTS = Set.of("-cp", "-jar");
    private static final List<String> PATH_OPTIONS = List.of(
            "--module-path=", "--upgrade-module-path=", "--class-path=", "-Djava.library.path=", "-Xbootclasspath/a:");
    private static final String AGENT = "-javaagent:";

    private final Service service;

    Image(Service service) {
        this.service = service;
    }

    /** What runs in it. */
    List<String> runCommand() {
        return command(service.hasFace() ? List.of("run") : List.of());
    }

    List<String> command(List<String> verb) {
        return service.command(JAVA, verb);
    }

    /** Files and directories that the program is made of. */
    List<Path> content() {
        Set<Path> content = new LinkedHashSet<>();
        List<String> options = service.program().options();
        for (int i = 0; i < options.size(); i++) {
            String option = options.get(i);
            if (ROOTS.contains(option) && i + 1 < options.size()) {
                entries(options.get(i + 1)).forEach(content::add);
            } else if (option.startsWith(AGENT)) {
                entries(option.substring(AGENT.length()).split("=", 2)[0]).forEach(content::add);
            } else {
                PATH_OPTIONS.stream()
                        .filter(option::startsWith)
                        .flatMap(prefix -> entries(option.substring(prefix.length())))
                        .forEach(content::add);
            }
        }
        sourceFile(options).ifPresent(content::add);
        return List.copyOf(content);
    }

    /** Whether a compiler is needed. */
    boolean isSource() {
        return sourceFile(service.program().options()).isPresent();
    }

    /** A program that is a single source file has its name where others have their main class. */
    private static Optional<Path> sourceFile(List<String> options) {
        return Optional.of(options)
                .filter(all -> !all.isEmpty()
                        && all.getLast().startsWith("/")
                        && all.getLast().endsWith(".java"))
                .map(all -> Path.of(all.getLast()));
    }

    /** Those of a path list that are there; {@code dir/*} is a directory with jars. */
    private static Stream<Path> entries(String paths) {
        return Arrays.stream(paths.split(":", -1))
                .filter(entry -> entry.startsWith("/"))
                .map(entry -> Path.of(entry.endsWith("/*") ? entry.substring(0, entry.length() - 2) : entry)
                        .normalize())
                .filter(Files::exists);
    }

    /** The innermost directory that everything is in: what the image is built from. */
    Path context() {
        List<Path> content = content();
        if (content.isEmpty()) {
            return Path.of("/");
        }
        Path context = Service.directoryOf(content.getFirst());
        for (Path path : content) {
            while (!path.startsWith(context) || path.equals(context)) {
                context = Service.directoryOf(context);
                if (context.getParent() == null) {
                    return context;
                }
            }
        }
        return context;
    }

    /** Directories that it writes to: not of logs, which in a container are its stdout and stderr. */
    List<Path> writtenDirectories() {
        Set<Path> directories = new LinkedHashSet<>();
        service.pidfile().map(Service::directoryOf).ifPresent(directories::add);
        service.socketFiles().forEach(socket -> directories.add(Service.directoryOf(socket)));
        service.crashDirectory().ifPresent(directories::add);
        if (service.spec().workingDirectoryMode().isPresent()) {
            service.workingDirectory().ifPresent(directories::add);
        }
        directories.remove(Path.of("/tmp"));
        return new ArrayList<>(directories);
    }

    /** Whether the specification names somebody whom the image has to know. */
    Optional<String> user() {
        return service.owner().isRoot()
                ? Optional.empty()
                : Optional.of(service.owner().user());
    }

    static boolean isNumber(String name) {
        return name.chars().allMatch(Character::isDigit);
    }

    /** The user that the container runs as: never root, whatever the specification says. */
    String uid() {
        return user().filter(Image::isNumber).orElse(Integer.toString(USER_ID));
    }

    String gid() {
        return user().map(user -> service.owner().group())
                .filter(Image::isNumber)
                .filter(group -> user().filter(Image::isNumber).isPresent())
                .orElse(Integer.toString(USER_ID));
    }
}
