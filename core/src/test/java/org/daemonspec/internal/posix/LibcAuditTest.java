package org.daemonspec.internal.posix;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daemonspec.bindings.Libc;
import org.daemonspec.bindings.LibcAarch64;
import org.daemonspec.bindings.LibcX86_64;
import org.daemonspec.internal.posix.GeneratedBindings.Field;
import org.daemonspec.internal.posix.GeneratedBindings.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generated bindings, and how core calls through them, against this machine's headers and its C compiler. */
class LibcAuditTest {

    /** What a parameter or result is in C, typedefs resolved, and in the generated bindings. */
    private static final Map<String, Class<?>> CARRIERS = Map.of(
            "void", void.class,
            "short", short.class,
            "unsigned short", short.class,
            "int", int.class,
            "unsigned int", int.class,
            "long", long.class,
            "unsigned long", long.class,
            "pointer", MemorySegment.class);

    /** The name of an expression's type; everything that is no integer and no pointer is {@code other}. */
    private static final String TYPE_OF = """
        #define IS(x, type) __builtin_types_compatible_p(__typeof__(x), type)
        #define NON_VOID(x) __builtin_choose_expr(IS(x, void), 0, x)
        #define TYPE_OF(x) ( \\
            IS(x, void) ? "void" \\
            : IS(x, short) ? "short" : IS(x, unsigned short) ? "unsigned short" \\
            : IS(x, int) ? "int" : IS(x, unsigned int) ? "unsigned int" \\
            : IS(x, long) ? "long" : IS(x, unsigned long) ? "unsigned long" \\
            : __builtin_classify_type(NON_VOID(x)) == __builtin_classify_type((void *) 0) ? "pointer" : "other")
        """;

    private final CProbe c;

    LibcAuditTest(@TempDir Path folder) {
        this.c = new CProbe(folder);
    }

    @Test
    void everythingThatJextractWasAskedForIsThere() throws Exception {
        assertThat(GeneratedBindings.constants(Libc.class))
                .containsOnlyKeys(GeneratedBindings.asked("constant", "includes.txt"));
        assertThat(GeneratedBindings.constants(LibcX86_64.class))
                .containsOnlyKeys(GeneratedBindings.asked("constant", "includes-arch.txt"));
        assertThat(GeneratedBindings.constants(LibcAarch64.class))
                .containsOnlyKeys(GeneratedBindings.asked("constant", "includes-arch.txt"));
        assertThat(GeneratedBindings.structs()).containsOnlyKeys(GeneratedBindings.asked("struct", "includes.txt"));
        assertThat(GeneratedBindings.prototypes())
                .containsOnlyKeys(GeneratedBindings.asked("function", "includes.txt"));
    }

    @Test
    void constantsHaveTheirValuesAndWidthsInC() throws Exception {
        Map<String, Number> constants = new TreeMap<>(GeneratedBindings.constants(Libc.class));
        constants.putAll(GeneratedBindings.constants(processorClass()));

        String statements = constants.keySet().stream()
                .map(name ->
                        "printf(\"%1$s %%zu %%llx\\n\", sizeof(%1$s), (unsigned long long) (%1$s));".formatted(name))
                .collect(joining("\n"));

        List<String> generated = constants.entrySet().stream()
                .map(constant -> "%s %d %x"
                        .formatted(
                                constant.getKey(),
                                constant.getValue() instanceof Integer ? Integer.BYTES : Long.BYTES,
                                constant.getValue().longValue()))
                .toList();
        assertThat(differences(c.run("", statements), generated)).isEmpty();
    }

    @Test
    void structsHaveTheirLayoutInC() throws Exception {
        List<String> statements = new ArrayList<>();
        List<String> generated = new ArrayList<>();
        for (Struct struct : GeneratedBindings.structs().values()) {
            statements.add("printf(\"%1$s %%zu\\n\", sizeof(%1$s));".formatted(struct.type()));
            generated.add("%s %d".formatted(struct.type(), struct.size()));
            for (Field field : struct.fields()) {
                statements.add(
                        "printf(\"%1$s.%2$s at %%zu size %%zu\\n\", offsetof(%1$s, %2$s), sizeof(((%1$s *) 0)->%2$s));"
                                .formatted(struct.type(), field.name()));
                generated.add(
                        "%s.%s at %d size %d".formatted(struct.type(), field.name(), field.offset(), field.size()));
            }
        }

        assertThat(differences(c.run("", String.join("\n", statements)), generated))
                .isEmpty();
    }

    private static List<String> differences(List<String> inC, List<String> generated) {
        assertThat(inC).hasSameSizeAs(generated);
        return IntStream.range(0, inC.size())
                .filter(i -> !inC.get(i).equals(generated.get(i)))
                .mapToObj(i -> "C: " + inC.get(i) + ", generated: " + generated.get(i))
                .toList();
    }

    /** A prototype that disagrees with the header's is a compile error, which names the function. */
    @Test
    void functionsHaveTheirPrototypesAndTypesInC() throws Exception {
        Map<String, List<String>> typesInC = typesInC();

        for (Prototype function : GeneratedBindings.prototypes().values()) {
            List<String> types = typesInC.get(function.name());
            assertThat(types).as("%s", function).isSubsetOf(CARRIERS.keySet());
            assertThat(carriers(GeneratedBindings.descriptor(function)))
                    .as("%s", function)
                    .isEqualTo(types.stream().<Class<?>>map(CARRIERS::get).toList());
        }
    }

    /** What {@link NativeCall} takes for granted, beside that types are integers or pointers of eight bytes at most. */
    @Test
    void calledFunctionsFitTheOneShape() {
        Map<String, Prototype> prototypes = GeneratedBindings.prototypes();

        for (LibcFunction function : LibcFunction.values()) {
            assertThat(prototypes).containsKey(function.symbol());
            assertThat(prototypes.get(function.symbol()).parameterNames())
                    .as("parameters of %s", function.symbol())
                    .hasSizeLessThanOrEqualTo(NativeCall.MAX_ARGUMENTS);
        }
    }

    @Test
    void everyFunctionIsCalledAsItsResultRequires() throws Exception {
        Map<String, List<String>> typesInC = typesInC();
        Set<LibcCalls.Call> calls = LibcCalls.inMainSources();

        assertThat(calls).isNotEmpty();
        for (LibcCalls.Call call : calls) {
            String result = typesInC.get(call.function().symbol()).getFirst();
            switch (call.function()) {
                case MAKECONTEXT -> assertThat(result).isEqualTo("void"); // nobody looks at it
                case UMASK -> assertThat(result).isEqualTo("unsigned int"); // the former mask, 0777 at most
                case SYSCALL -> assertThat(result).isEqualTo("long"); // a descriptor or 0 in the calls made here
                default ->
                    assertThat(fits(call, result))
                            .as("%s, which returns %s", call, result)
                            .isTrue();
            }
        }
    }

    /** Functions of POSIX threads, spawn and the user database return an error number, all others set errno. */
    private static boolean fits(LibcCalls.Call call, String result) {
        boolean returnsErrorNumber = call.function().symbol().matches("(posix_spawn|pthread_|getpw|getgr).*");
        return switch (call.way()) {
            case CHAINED -> true;
            case ERROR_NUMBER -> returnsErrorNumber && result.equals("int");
            case INT, LONG, POINTER, UNSIGNED ->
                !returnsErrorNumber && result.equals(call.way().resultType());
        };
    }

    /** For each function, the types that C sees: of the result, then of the parameters. */
    private Map<String, List<String>> typesInC() throws Exception {
        StringBuilder declarations = new StringBuilder(TYPE_OF);
        StringBuilder statements = new StringBuilder();
        for (Prototype function : GeneratedBindings.prototypes().values()) {
            declarations.append(
                    "#line 1 \"prototype of %s in Libc.java\"\n%s;\n".formatted(function.name(), function.text()));
            declarations.append(audit(function));
            statements.append("audit_%s(%s);\n".formatted(function.name(), zeros(function)));
        }
        Map<String, List<String>> types = new TreeMap<>();
        for (String line : c.run(declarations.toString(), statements.toString())) {
            List<String> words = List.of(line.split(": |, "));
            types.put(words.getFirst(), words.subList(1, words.size()));
        }
        return types;
    }

    /** A function that prints what C makes of the real function's result and of the declared parameters. */
    private static String audit(Prototype function) {
        List<String> parameters = function.parameterNames();
        String result = "%s(%s)".formatted(function.name(), String.join(", ", parameters));
        String format = "%%s: %s"
                .formatted(Stream.generate(() -> "%s")
                        .limit(1L + parameters.size())
                        .collect(joining(", ")));
        String types = Stream.concat(Stream.of(result), parameters.stream())
                .map("TYPE_OF(%s)"::formatted)
                .collect(joining(", "));
        return function.asFunction(
                "audit_" + function.name(), "printf(\"%s\\n\", \"%s\", %s);".formatted(format, function.name(), types));
    }

    /** 0 is an integer and a null pointer in C. */
    private static String zeros(Prototype function) {
        return function.parameterNames().stream().map(name -> "0").collect(joining(", "));
    }

    private static List<Class<?>> carriers(FunctionDescriptor descriptor) {
        List<Class<?>> carriers = new ArrayList<>();
        carriers.add(
                descriptor.returnLayout().<Class<?>>map(LibcAuditTest::carrier).orElse(void.class));
        descriptor.argumentLayouts().forEach(layout -> carriers.add(carrier(layout)));
        return carriers;
    }

    private static Class<?> carrier(MemoryLayout layout) {
        return layout instanceof ValueLayout value ? value.carrier() : MemoryLayout.class;
    }

    private static Class<?> processorClass() {
        return System.getProperty("os.arch").equals("aarch64") ? LibcAarch64.class : LibcX86_64.class;
    }
}
