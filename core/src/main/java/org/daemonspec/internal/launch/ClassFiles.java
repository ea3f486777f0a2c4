package org.daemonspec.internal.launch;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * The files that this JVM's classes come from: the class path with the jars that manifests of its jars name, see the JAR file
 * specification, and the module path with what is in its directories. All are absolute, and need not exist.
 */
final class ClassFiles {

    private final Set<File> files = new LinkedHashSet<>();

    private ClassFiles() {}

    /** All of them. */
    static Set<File> ofThisJvm() {
        ClassFiles all = new ClassFiles();
        all.addClassPath();
        all.addModulePath();
        return Collections.unmodifiableSet(all.files);
    }

    /** Those of the class path alone. */
    static Set<File> ofClassPath() {
        ClassFiles all = new ClassFiles();
        all.addClassPath();
        return Collections.unmodifiableSet(all.files);
    }

    /** The entries of this JVM's module path. */
    static List<File> entriesOfModulePath() {
        return entries(System.getProperty("jdk.module.path", ""));
    }

    private void addClassPath() {
        entries(System.getProperty("java.class.path", "")).forEach(this::addWithThoseItNames);
    }

    private void addModulePath() {
        for (File entry : entriesOfModulePath()) {
            files.add(entry);
            File[] inside = entry.listFiles();
            if (inside != null) {
                Arrays.sort(inside);
                files.addAll(List.of(inside));
            }
        }
    }

    private static List<File> entries(String path) {
        List<File> entries = new ArrayList<>();
        if (!path.isEmpty()) {
            for (String entry : path.split(File.pathSeparator, -1)) {
                entries.add(new File(entry).getAbsoluteFile());
            }
        }
        return entries;
    }

    /** Manifests may go round in circles. */
    private void addWithThoseItNames(File file) {
        if (files.add(file) && file.isFile()) {
            namedBy(file).forEach(this::addWithThoseItNames);
        }
    }

    private static List<File> namedBy(File jar) {
        List<File> named = new ArrayList<>();
        try (JarFile open = new JarFile(jar)) {
            Manifest manifest = open.getManifest();
            String path = manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            for (String word : path == null ? new String[0] : path.trim().split(" +", -1)) {
                addTo(named, jar.toURI(), word);
            }
        } catch (IOException noJar) {
            // the JVM finds no class in it either
        }
        return named;
    }

    private static void addTo(List<File> named, URI jar, String word) {
        try {
            URI uri = jar.resolve(word);
            if ("file".equals(uri.getScheme())) {
                named.add(Path.of(uri).toFile());
            }
        } catch (IllegalArgumentException noUri) {
            // the JVM leaves it out, too
        }
    }
}
