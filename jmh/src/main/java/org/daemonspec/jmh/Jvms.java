package org.daemonspec.jmh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Command lines of the JVMs that are started, all of this JDK.
 *
 * @param examples the {@code target} directory of the examples
 */
record Jvms(Path examples) {

    /** What the launcher's command line needs, lest JDK 24 and later print a warning; a plain program does without it. */
    static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    /** As the example's script gives them to any launcher. */
    static final List<String> LAUNCHER_OPTIONS = List.of("-Xint", "-XX:+UseSerialGC");

    private static final String PACKAGE = "org.daemonspec.examples.http.";

    /** As the build of the examples leaves it, or as the system property {@code daemonspec.examples} says. */
    static Jvms ofBuild() {
        return new Jvms(Path.of(System.getProperty("daemonspec.examples", "examples/target"))
                .toAbsolutePath());
    }

    /** {@code java Hello}: a class in a directory of its own, by which nothing is quicker. */
    static List<String> hello(Path directory) throws IOException {
        String file = HelloProgram.class.getName().replace('.', '/') + ".class";
        Path copy = directory.resolve(file);
        Files.createDirectories(Objects.requireNonNull(copy.getParent()));
        try (InputStream code = Objects.requireNonNull(HelloProgram.class.getResourceAsStream("/" + file))) {
            Files.write(copy, code.readAllBytes());
        }
        return List.of(java(), "-cp", directory.toString(), HelloProgram.class.getName());
    }

    /** {@code java} with a program that makes a daemon of {@code /bin/true}. */
    List<String> exec() throws IOException {
        String programs = Path.of(System.getProperty("java.class.path")).toString();
        List<String> command = new ArrayList<>(List.of(java(), NATIVE_ACCESS));
        command.addAll(LAUNCHER_OPTIONS);
        command.add(bootClassPath());
        command.addAll(List.of("-cp", programs + ":" + classPath(), ExecProgram.class.getName()));
        return command;
    }

    /** The HTTP example's server as a plain program: no daemonspec in it. */
    List<String> plainServer(int port) throws IOException {
        return List.of(java(), "-cp", classPath(), PACKAGE + "HelloServer", Integer.toString(port));
    }

    /** What stands behind {@code java} and its options for a JVM that makes a native call and then is that server. */
    List<String> plainServerAfter(Path oneCall, int port) throws IOException {
        return List.of(
                "-cp",
                oneCall + ":" + classPath(),
                NativeProgram.class.getName(),
                PACKAGE + "HelloServer",
                Integer.toString(port));
    }

    /** The HTTP example: a word for its command face, with a cache or without. */
    List<String> http(String word, int port, Path pidfile, Optional<TrainedCache> cache) throws IOException {
        List<String> command = new ArrayList<>(List.of(java(), NATIVE_ACCESS));
        command.addAll(LAUNCHER_OPTIONS);
        if (cache.isPresent()) {
            command.addAll(cache.get().launcherOptions());
        } else {
            command.add(bootClassPath());
        }
        command.addAll(List.of(
                "-cp",
                classPath(),
                PACKAGE + "HttpExample",
                word,
                "--port",
                Integer.toString(port),
                "--pidfile",
                pidfile.toString()));
        cache.ifPresent(
                trained -> command.addAll(List.of("--aot", trained.file().toString())));
        return command;
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** What the script gives to a launcher without a cache. */
    private String bootClassPath() throws IOException {
        return "-Xbootclasspath/a:" + String.join(":", jars(examples.resolve("lib")));
    }

    /** The jars that the HTTP example needs. */
    private String classPath() throws IOException {
        List<String> jars = new ArrayList<>(jars(examples));
        jars.addAll(jars(examples.resolve("lib")));
        if (jars.size() < 3) {
            throw new IOException("no examples in " + examples + "; build them: mvn -Dquick -pl examples -am package");
        }
        return String.join(":", jars);
    }

    /** Ours in this directory. */
    private static List<String> jars(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(path -> path.getFileName().toString().matches("daemonspec.*\\.jar"))
                    .filter(path -> !path.getFileName().toString().matches(".*-(sources|javadoc|tests)\\.jar"))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
    }
}
