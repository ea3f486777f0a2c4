package org.daemonspec.internal.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ContinuationTest {

    @Test
    void whatIsLeftIsFound() {
        assertThat(new Continuation(OptionalInt.of(5), OptionalInt.empty())).hasToString("5:none");
        assertThat(new Continuation(OptionalInt.empty(), OptionalInt.of(3))).hasToString("none:3");
        assertThat(Continuation.parse("5:none")).isEqualTo(new Continuation(OptionalInt.of(5), OptionalInt.empty()));
        assertThat(Continuation.parse("none:3")).isEqualTo(new Continuation(OptionalInt.empty(), OptionalInt.of(3)));
    }

    @Test
    void aPropertyFromElsewhereLeavesNothing() {
        Continuation nothing = new Continuation(OptionalInt.empty(), OptionalInt.empty());

        assertThat(Continuation.parse("none")).isEqualTo(nothing);
        assertThat(Continuation.parse("")).isEqualTo(nothing);
        assertThat(Continuation.parse("true:x")).isEqualTo(nothing);
        assertThat(Continuation.ofThisProcess()).isEmpty();
    }
}
