package org.daemonspec.support;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daemonspec.DaemonSpec;
import org.daemonspec.bindings.Libc;
import org.junit.jupiter.api.extension.AfterEachCallback;

/** What a daemon of another user needs: a build may be in a place that only its owner can enter. */
public final class WorldReadable {

    private WorldReadable() {}

    /** The directory, which everybody may enter from now on, without links in its path. */
    public static Path directory(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        return directory.toRealPath();
    }

    /** A class path for {@link ProbeProgram}, copied to a directory. */
    public static String classPath(Path directory) throws IOException {
        int number = 0;
        for (Class<?> wanted : List.of(ProbeProgram.class, DaemonSpec.class, Libc.class, AfterEachCallback.class)) {
            Path source = source(wanted);
            copy(source, directory.resolve(number++ + "-" + source.getFileName()));
        }
        try (Stream<Path> copies = Files.list(directory)) {
            return copies.map(Path::toString).sorted().collect(Collectors.joining(File.pathSeparator));
        }
    }

    private static Path source(Class<?> wanted) {
        try {
            return Path.of(
                    wanted.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    directory(Files.createDirectory(copy));
                } else {
                    Files.copy(file, copy);
                    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
                }
            }
        }
    }
}
