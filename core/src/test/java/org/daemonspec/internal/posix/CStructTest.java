package org.daemonspec.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The numbers of {@link CStruct} against the generated bindings, which {@link LibcAuditTest} compares with C. */
class CStructTest {

    static Class<?>[] structs() {
        return CStruct.class.getDeclaredClasses();
    }

    @ParameterizedTest
    @MethodSource("structs")
    void sizeAndOffsetsAreThoseOfTheGeneratedStruct(Class<?> struct) throws Exception {
        GeneratedBindings.Struct generated =
                GeneratedBindings.structs().get(struct.getSimpleName().toLowerCase(Locale.ROOT));
        assertThat(generated).as("struct of %s", struct).isNotNull();
        Map<String, Long> offsets = new TreeMap<>();
        generated.fields().forEach(field -> offsets.put(field.name(), field.offset()));

        Field[] numbers = struct.getDeclaredFields();
        assertThat(numbers).isNotEmpty();
        for (Field number : numbers) {
            String name = number.getName().toLowerCase(Locale.ROOT);
            long expected = name.equals("size") ? generated.size() : offsets.getOrDefault(name, -1L);
            assertThat(number.getInt(null)).as("%s of %s", name, struct).isEqualTo((int) expected);
        }
        assertThat(Arrays.stream(numbers).map(Field::getName)).doesNotHaveDuplicates();
    }
}
