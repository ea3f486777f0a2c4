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

    /** @param resolved where the cache is to be; empty if its directory is not there */
    static List<String> problems(LaunchSpec spec, Optional<Path> resolved) {
        List<String> problems = new ArrayList<>();
        if (CacheKind.ofThisJvm().isEmpty()) {
            problems.add("train: " + System.getProperty("java.vm.name")
                    + " has no cache that daemonspec knows; use a JDK with HotSpot.");
        }
        spec.aotCache()
                .ifPresentOrElse(
                        cache -> checkPlace(cache, resolved, problems),
                        () -> problems.add("train: the specification has no aotCache; name a file for it."));
        checkPaths(problems);
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

    private static void checkPlace(Path cache, Optional<Path> resolved, List<String> problems) {
        Optional<Path> directory = resolved.map(Path::getParent);
        if (directory.isEmpty() || !Files.isDirectory(directory.get())) {
            problems.add("aotCache " + cache + ": ENOENT (no directory "
                    + cache.toAbsolutePath().getParent() + "); make it first.");
        } else if (!Files.isWritable(directory.get())) {
            problems.add("aotCache " + cache + ": EACCES (this user may not create files in " + directory.get()
                    + "); choose another directory or train it as a user who may.");
        } else {
            CacheTrust.check(resolved.orElseThrow(), problems);
        }
    }

    /** A directory on the module path may well hold jars. */
    private static void checkPaths(List<String> problems) {
        ClassFiles.ofClassPath().stream()
                .filter(File::isDirectory)
                .forEach(directory -> problems.add(directoryOn("class path", directory)));
        ClassFiles.entriesOfModulePath().stream()
                .filter(entry ->
                        new File(entry, "META-INF").isDirectory() || new File(entry, "module-info.class").exists())
                .forEach(directory -> problems.add(directoryOn("module path", directory)));
    }

    private static String directoryOn(String what, File directory) {
        return "train: the " + what + " has the directory " + directory
                + ", and the JDK caches classes from jars only; package it as a jar.";
    }

    /** What of a command line has classes that no start could compare. */
    static List<String> problemsOf(List<String> options) {
        return options.stream()
                .filter(option -> option.startsWith("-javaagent:") || option.startsWith("-Xbootclasspath/a:"))
                .map(option ->
                        "train: " + option + ": a start would not see when this file has been replaced, and would run"
                                + " the old classes; train without it, or do without a cache.")
                .toList();
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
