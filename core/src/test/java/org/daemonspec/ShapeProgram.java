package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes.Name;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.tools.ToolProvider;

/**
 * A program that uses daemonspec as its users do, in every form that the java command takes: {@code app.jar} is a module,
 * can be run by {@code -jar} and needs the jars in {@code lib}; {@code src/app/Main.java} is its source file.
 *
 * <p>Its arguments are PIDFILE MARK and any others: the daemon writes to MARK, each followed by NUL, the module of daemonspec
 * or {@code null}, and the other arguments. stderr goes to PIDFILE{@code .err}. With {@code -Dclear} the daemon's environment
 * is LC_ALL alone.
 */
final class ShapeProgram {

    static final String MAIN = "app.Main";

    private static final String SOURCE = """
        package app;

        import java.io.IOException;
        import java.io.UncheckedIOException;
        import java.nio.file.Files;
        import java.nio.file.Path;
        import org.daemonspec.DaemonSpec;

        public final class Main {
            public static void main(String[] args) {
                DaemonSpec.Builder spec = DaemonSpec.builder()
                        .pidfile(Path.of(args[0]))
                        .stderr(Path.of(args[0] + ".err"));
                if (System.getProperty("clear") != null) {
                    spec.clearEnvironment().environment("LC_ALL", "C.UTF-8");
                }
                spec.detach(() -> run(Path.of(args[1]), args));
            }

            private static void run(Path mark, String[] args) {
                try {
                    StringBuilder said = new StringBuilder();
                    said.append(DaemonSpec.class.getModule().getName()).append('\\0');
                    for (int i = 2; i < args.length; i++) {
                        said.append(args[i]).append('\\0');
                    }
                    Path draft = Path.of(mark + ".draft");
                    Files.writeString(draft, said);
                    Files.move(draft, mark);
                    Thread.sleep(600_000);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
        """;

    private ShapeProgram() {}

    /** Makes the files. */
    static void create(Path home) throws IOException {
        Path lib = Files.createDirectory(home.resolve("lib"));
        Files.copy(Path.of(System.getProperty("daemonspec.core.jar")), lib.resolve("daemonspec.jar"));
        Files.copy(Path.of(System.getProperty("daemonspec.bindings.jar")), lib.resolve("bindings.jar"));
        Path main = Files.createDirectories(home.resolve("src/app")).resolve("Main.java");
        Files.writeString(main, SOURCE);
        Path module =
                Files.writeString(home.resolve("src/module-info.java"), "module app { requires org.daemonspec; }\n");
        Path classes = home.resolve("classes");
        String[] options = {"-d", classes.toString(), "-p", lib.toString(), module.toString(), main.toString()};
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, options))
                .isZero();
        Files.delete(module);
        jar(home.resolve("app.jar"), classes, List.of("module-info.class", "app/Main.class"));
    }

    private static void jar(Path jar, Path classes, List<String> names) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Name.MAIN_CLASS, MAIN);
        manifest.getMainAttributes().put(Name.CLASS_PATH, "lib/daemonspec.jar lib/bindings.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream output = new JarOutputStream(file, manifest)) {
            for (String name : names) {
                output.putNextEntry(new JarEntry(name));
                Files.copy(classes.resolve(name), output);
            }
        }
    }
}
