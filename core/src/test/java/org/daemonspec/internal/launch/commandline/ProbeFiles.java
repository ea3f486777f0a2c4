package org.daemonspec.internal.launch.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.daemonspec.internal.posix.ByteString;

/**
 * A directory with the probe in every form the launcher takes: {@code lib/app} (classes), {@code probe.jar},
 * {@code mods} (an automatic module {@code probe}), {@code Start.java} and {@code start} (source files); and what it
 * may be asked to load: {@code Extra} in {@code ext/extra.jar}, {@code InDirectory} in the directory itself, and the
 * agent {@code agent.jar}, which sets a property.
 */
final class ProbeFiles {

    static final String MAIN = CommandLineProbe.class.getName();

    private static final String START =
            "class Start { public static void main(String[] a) throws Exception { " + MAIN + ".main(a); } }\n";

    private ProbeFiles() {}

    static void create(Path directory) throws IOException, URISyntaxException {
        Path classes = directory.resolve("lib/app");
        copyClasses(JavaCommandLine.class, "*.class", classes);
        copyClasses(CommandLineProbe.class, "CommandLineProbe*.class", classes);
        copyClasses(ByteString.class, "ByteString*.class", classes);
        jar(directory.resolve("probe.jar"), classes, Map.of("Main-Class", MAIN));
        Files.createDirectory(directory.resolve("mods"));
        jar(directory.resolve("mods/probe-module.jar"), classes, Map.of("Automatic-Module-Name", "probe"));
        Files.writeString(directory.resolve("Start.java"), START);
        Files.writeString(directory.resolve("start"), START);
        compile(directory, "InDirectory", "public class InDirectory {}");
        Path extra = Files.createDirectory(directory.resolve("extra"));
        compile(extra, "Extra", "public class Extra {}");
        Files.createDirectory(directory.resolve("ext"));
        jar(directory.resolve("ext/extra.jar"), extra, Map.of());
        Path agent = Files.createDirectory(directory.resolve("agent"));
        compile(
                agent,
                "Agent",
                "public class Agent { public static void premain(String o) { System.setProperty(\"probe.agent\", o); }"
                        + " }");
        jar(directory.resolve("agent.jar"), agent, Map.of("Premain-Class", "Agent"));
    }

    private static void copyClasses(Class<?> neighbour, String glob, Path classes)
            throws IOException, URISyntaxException {
        Path target = Files.createDirectories(
                classes.resolve(neighbour.getPackageName().replace('.', '/')));
        Path source = Path.of(neighbour
                        .getResource(neighbour.getSimpleName() + ".class")
                        .toURI())
                .getParent();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(source, glob)) {
            for (Path file : files) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
    }

    private static void compile(Path directory, String name, String source) throws IOException {
        Path file = Files.writeString(directory.resolve(name + ".java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler.run(null, null, null, "-d", directory.toString(), file.toString()))
                .isZero();
        Files.delete(file);
    }

    private static void jar(Path jar, Path classes, Map<String, String> attributes) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.forEach(manifest.getMainAttributes()::putValue);
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream output = new JarOutputStream(file, manifest);
                Stream<Path> tree = Files.walk(classes)) {
            for (Path path : tree.filter(Files::isRegularFile).toList()) {
                output.putNextEntry(new JarEntry(classes.relativize(path).toString()));
                Files.copy(path, output);
            }
        }
    }
}
