package org.daemonspec.internal.launch;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What of a specification, or of this JVM, does not allow a training; each a sentence. */
final class TrainingCheck {

    private TrainingCheck() {}

    static List<String> problems(LaunchSpec spec, Credentials daemon) {
        List<String> problems = new ArrayList<>();
        if (CacheKind.ofThisJvm().isEmpty()) {
            problems.add("train: " + System.getProperty("java.vm.name")
                    + " has no cache that daemonspec knows; use a JDK with HotSpot.");
        }
        spec.aotCache()
                .ifPresentOrElse(
                        cache -> checkPlace(cache, daemon, problems),
                        () -> problems.add("train: the specification has no aotCache; name a file for it."));
        checkPath("class path", System.getProperty("java.class.path", ""), problems);
        checkPath("module path", System.getProperty("jdk.module.path", ""), problems);
        paths(spec)
                .filter(path -> !path.isAbsolute())
                .forEach(path -> problems.add("train: " + path + " is a relative path, and the task is recorded in its"
                        + " working directory; give an absolute one."));
        if (!spec.preserved().isEmpty()) {
            problems.add("preserve " + spec.preserved() + ": a training has no such descriptors; train a specification"
                    + " without them.");
        }
        return problems;
    }

    private static void checkPlace(Path cache, Credentials daemon, List<String> problems) {
        Path directory = CacheTrust.resolved(cache).getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            problems.add("aotCache " + cache + ": ENOENT (no directory " + directory + "); make it first.");
        } else if (!Files.isWritable(directory)) {
            problems.add("aotCache " + cache + ": EACCES (this user may not create files in " + directory
                    + "); choose another directory or train it as a user who may.");
        } else {
            CacheTrust.check(cache, daemon, problems);
        }
    }

    private static void checkPath(String what, String path, List<String> problems) {
        for (String entry : path.split(File.pathSeparator, -1)) {
            Path file = Path.of(entry).toAbsolutePath();
            if (!path.isEmpty() && holdsClasses(what, file)) {
                problems.add("train: the " + what + " has the directory " + file
                        + ", and the JDK caches classes from jars only; package it as a jar.");
            }
        }
    }

    /** A directory on the module path may well hold jars. */
    private static boolean holdsClasses(String what, Path file) {
        return Files.isDirectory(what.startsWith("class") ? file : file.resolve("META-INF"))
                || Files.exists(file.resolve("module-info.class"));
    }

    private static Stream<Path> paths(LaunchSpec spec) {
        Stream<Path> files = Stream.of(spec.stdin(), spec.stdout(), spec.stderr())
                .filter(StandardStream.File.class::isInstance)
                .map(stream -> ((StandardStream.File) stream).path());
        Stream<Path> environment = spec.environment().stream()
                .filter(EnvironmentChange.File.class::isInstance)
                .map(change -> ((EnvironmentChange.File) change).path());
        Stream<Path> others = Stream.of(spec.pidfile(), spec.crashDirectory(), spec.aotCache())
                .flatMap(Optional::stream);
        return Stream.of(files, environment, others, Stream.of(spec.workingDirectory()))
                .flatMap(each -> each);
    }
}
