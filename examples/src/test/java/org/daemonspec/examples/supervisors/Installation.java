package org.daemonspec.examples.supervisors;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The HTTP example as it is installed where supervisors start it: its script, its jars and the test programs, for everybody to
 * read. Inside it is {@code /opt/http}, and this test's JDK is {@code /opt/jdk}.
 */
final class Installation {

    private static final Path MODULE =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    private static final Path TARGET = MODULE.resolve("target");

    private Installation() {}

    /** The JDK to be found in {@code /opt/jdk}. */
    static Path jdk() throws IOException {
        return Path.of(System.getProperty("java.home")).toRealPath();
    }

    /** Where files of the tests may stay: below Maven's target directory. */
    static Path cache() throws IOException {
        return Files.createDirectories(TARGET.resolve("supervisors"));
    }

    /** A file that an administrator writes, as the documentation shows it. */
    static String file(String name) throws IOException {
        return Files.readString(MODULE.resolve("supervisors").resolve(name), UTF_8);
    }

    /** Makes what is to be found in {@code /opt/http}. */
    static Path makeIn(Path directory) throws IOException {
        Path installed = Files.createDirectories(directory);
        readable(installed);
        copy(MODULE.resolve("supervisors/http"), installed.resolve("http"), "rwxr-xr-x");
        copy(jar(), installed.resolve("http.jar"), "rw-r--r--");
        copyAll(TARGET.resolve("lib"), installed.resolve("lib"));
        copyAll(TARGET.resolve("test-classes"), installed.resolve("test-classes"));
        return installed;
    }

    /** Removes a directory with all that is in it. */
    static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Path jar() throws IOException {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(TARGET, "daemonspec-examples-*.jar")) {
            for (Path jar : jars) {
                return jar;
            }
        }
        throw new AssertionError("there is no jar in " + TARGET + ": run this from the phase integration-test on");
    }

    private static void copyAll(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    readable(Files.createDirectories(copy));
                } else {
                    copy(file, copy, "rw-r--r--");
                }
            }
        }
    }

    private static void copy(Path from, Path to, String mode) throws IOException {
        Files.copy(from, to);
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString(mode));
    }

    private static void readable(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
