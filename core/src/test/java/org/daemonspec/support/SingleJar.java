package org.daemonspec.support;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.daemonspec.DaemonSpec;
import org.daemonspec.bindings.Libc;
import org.junit.jupiter.api.extension.AfterEachCallback;

/** All that {@link ProbeProgram} needs in one jar, so that a JVM opens one file for all of its classes, and that at its start. */
public final class SingleJar {

    private SingleJar() {}

    /** Makes it. */
    public static Path make(Path jar) throws Exception {
        Set<String> names = new HashSet<>();
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            for (Class<?> wanted : List.of(ProbeProgram.class, DaemonSpec.class, Libc.class, AfterEachCallback.class)) {
                Path source = Path.of(wanted.getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI());
                if (Files.isDirectory(source)) {
                    add(zip, source, names);
                } else {
                    try (FileSystem content =
                            FileSystems.newFileSystem(URI.create("jar:" + source.toUri()), Map.of())) {
                        add(zip, content.getPath("/"), names);
                    }
                }
            }
        }
        return jar;
    }

    private static void add(ZipOutputStream zip, Path root, Set<String> names) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString();
                if (name.endsWith(".class") && names.add(name)) {
                    zip.putNextEntry(new ZipEntry(name));
                    Files.copy(file, zip);
                    zip.closeEntry();
                }
            }
        }
    }
}
