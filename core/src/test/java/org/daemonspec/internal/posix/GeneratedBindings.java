package org.daemonspec.internal.posix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daemonspec.bindings.Libc;

/** What jextract generated: looked at from outside, by reflection and in the sources. */
final class GeneratedBindings {

    private static final Path MODULE = Path.of(System.getProperty("basedir", System.getProperty("user.dir")))
            .resolveSibling("bindings");
    private static final Path SOURCES = MODULE.resolve("src/main/java/org/daemonspec/bindings");
    private static final Path INPUT = MODULE.resolve("src/main/jextract");

    private static final Pattern PROTOTYPE =
            Pattern.compile("\\{@snippet lang=c :\\R\\s*\\* ((?:extern )?\\w[^#\\n]*?(\\w+)\\(.*\\))\\R\\s*\\* }");

    private GeneratedBindings() {}

    /**
     * A struct of the bindings.
     *
     * @param type its name in C
     */
    record Struct(String type, Class<?> generated) {

        long size() {
            return ((MemoryLayout) call(generated, "layout")).byteSize();
        }

        /** The fields by name; those whose names belong to libc itself come and go with its versions. */
        List<Field> fields() {
            return Arrays.stream(generated.getMethods())
                    .map(Method::getName)
                    .filter(name -> name.endsWith("$offset") && !name.startsWith("__"))
                    .map(name -> name.substring(0, name.indexOf('$')))
                    .sorted()
                    .map(name -> new Field(
                            name,
                            (long) call(generated, name + "$offset"),
                            ((MemoryLayout) call(generated, name + "$layout")).byteSize()))
                    .toList();
        }
    }

    record Field(String name, long offset, long size) {}

    /** The header that the bindings were generated from. */
    static Path header() {
        return INPUT.resolve("libc.h");
    }

    /** The names that jextract was asked for, such as all of kind {@code constant}. */
    static List<String> asked(String kind, String file) {
        String option = "--include-" + kind + " ";
        return read(INPUT.resolve(file))
                .lines()
                .filter(line -> line.startsWith(option))
                .map(line -> line.substring(option.length()))
                .toList();
    }

    /** Constants by name: {@link Integer} or {@link Long}. */
    static Map<String, Number> constants(Class<?> generated) {
        Map<String, Number> constants = new TreeMap<>();
        for (Method method : generated.getMethods()) {
            if (Modifier.isStatic(method.getModifiers())
                    && method.getParameterCount() == 0
                    && method.getName().matches("_?[A-Z].*")) {
                constants.put(method.getName(), (Number) call(generated, method.getName()));
            }
        }
        return constants;
    }

    /** All structs, by the name of their class. */
    static Map<String, Struct> structs() throws Exception {
        Map<String, Struct> structs = new TreeMap<>();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : files.toList()) {
                String source = read(file);
                if (source.contains(" GroupLayout layout()")) {
                    String name = file.getFileName().toString().replace(".java", "");
                    boolean tagged = source.contains(" * struct " + name + " {");
                    structs.put(
                            name,
                            new Struct(
                                    tagged ? "struct " + name : name,
                                    Class.forName(Libc.class.getPackageName() + "." + name)));
                }
            }
        }
        return structs;
    }

    /** The prototypes in the comments of the generated functions, by the name of the function. */
    static Map<String, Prototype> prototypes() {
        Map<String, Prototype> prototypes = new TreeMap<>();
        Matcher matcher = PROTOTYPE.matcher(read(SOURCES.resolve("Libc.java")));
        while (matcher.find()) {
            prototypes.put(matcher.group(2), new Prototype(matcher.group(2), matcher.group(1)));
        }
        return prototypes;
    }

    /** How jextract has a function called; of a variadic one, the parameters that have a type. */
    static FunctionDescriptor descriptor(Prototype function) throws ReflectiveOperationException {
        if (!function.variadic()) {
            return (FunctionDescriptor) call(Libc.class, function.name() + "$descriptor");
        }
        Class<?> invokerClass = Class.forName(Libc.class.getName() + "$" + function.name());
        Object invoker =
                invokerClass.getMethod("makeInvoker", MemoryLayout[].class).invoke(null, (Object) new MemoryLayout[0]);
        return (FunctionDescriptor) invokerClass.getMethod("descriptor").invoke(invoker);
    }

    private static Object call(Class<?> generated, String method) {
        try {
            return generated.getMethod(method).invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(generated + "." + method, e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
