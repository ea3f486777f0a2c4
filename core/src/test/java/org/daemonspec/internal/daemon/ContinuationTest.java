package org.daemonspec.internal.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ContinuationTest {

    @Test
    void whatIsLeftIsFound() {
        Continuation all = new Continuation(OptionalInt.of(5), OptionalInt.of(3), "6=web;7=a:b");

        assertThat(all).hasToString("5:3;6=web;7=a:b");
        assertThat(Continuation.parse("5:3;6=web;7=a:b")).isEqualTo(all);
        assertThat(Continuation.parse("none:3"))
                .isEqualTo(new Continuation(OptionalInt.empty(), OptionalInt.of(3), ""));
        assertThat(new Continuation(OptionalInt.of(5), OptionalInt.empty(), "")).hasToString("5:none;");
    }

    @Test
    void aPropertyFromElsewhereLeavesNothing() {
        Continuation nothing = new Continuation(OptionalInt.empty(), OptionalInt.empty(), "");

        assertThat(Continuation.parse("none")).isEqualTo(nothing);
        assertThat(Continuation.parse("")).isEqualTo(nothing);
        assertThat(Continuation.parse("true:x")).isEqualTo(nothing);
        assertThat(Continuation.ofThisProcess()).isEmpty();
    }
}
