package org.daemonspec.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.daemonspec.internal.posix.ProcessContext;
import org.junit.jupiter.api.Test;

/** Nothing is to be done for a context only if nothing at all was asked for, whatever components it comes to have. */
class InheritedContextTest {

    @Test
    void aSpecificationThatAsksForAnythingIsNotInherited() throws Exception {
        assertThat(ContextSpec.inherited().isInherited()).isTrue();
        for (ContextSpec other : eachWithOneMore(ContextSpec.inherited())) {
            assertThat(other.isInherited()).as(other.toString()).isFalse();
        }
    }

    @Test
    void aContextThatIsAnythingIsNotInherited() throws Exception {
        assertThat(ProcessContext.INHERITED.isInherited()).isTrue();
        for (ProcessContext other : eachWithOneMore(ProcessContext.INHERITED)) {
            assertThat(other.isInherited()).as(other.toString()).isFalse();
        }
    }

    private static <T extends Record> List<T> eachWithOneMore(T empty) throws Exception {
        RecordComponent[] components = empty.getClass().getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < types.length; i++) {
            types[i] = components[i].getType();
        }
        @SuppressWarnings("unchecked")
        var constructor = (java.lang.reflect.Constructor<T>) empty.getClass().getDeclaredConstructor(types);
        List<T> all = new ArrayList<>();
        for (int i = 0; i < types.length; i++) {
            Object[] values = new Object[components.length];
            for (int j = 0; j < values.length; j++) {
                values[j] = j == i
                        ? something(components[i])
                        : components[j].getAccessor().invoke(empty);
            }
            all.add(constructor.newInstance(values));
        }
        assertThat(all).hasSizeGreaterThan(9);
        return all;
    }

    private static Object something(RecordComponent component) {
        Class<?> type = component.getType();
        if (type == Optional.class) {
            boolean isOfSet = component.getGenericType().getTypeName().contains("SortedSet");
            return Optional.of(isOfSet ? new TreeSet<>() : List.of());
        }
        if (type == OptionalInt.class) {
            return OptionalInt.of(0);
        }
        if (type == boolean.class) {
            return true;
        }
        assertThat(type).isEqualTo(List.class);
        return List.of("something");
    }
}
