package org.daemonspec;

import static org.assertj.core.api.Assertions.assertThat;

import org.daemonspec.bindings.Libc;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SignalTest {

    @ParameterizedTest
    @EnumSource
    void theNumberIsTheOneInTheHeaders(Signal signal) throws Exception {
        assertThat(Libc.class.getMethod(signal.toString()).invoke(null)).isEqualTo(signal.number());
    }
}
