package org.daemonspec.internal.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import org.daemonspec.bindings.Libc;
import org.junit.jupiter.api.Test;

class SignalSetTest {

    @Test
    void aSignalHasTheNameThatTheHeadersGiveItsNumber() {
        assertThat(of(Libc.SIGHUP())).hasToString("SIGHUP");
        assertThat(of(Libc.SIGSEGV())).hasToString("SIGSEGV");
        assertThat(of(Libc.SIGPIPE())).hasToString("SIGPIPE");
        assertThat(of(Libc.SIGTSTP())).hasToString("SIGTSTP");
        assertThat(of(Libc.SIGXFSZ())).hasToString("SIGXFSZ");
        assertThat(of(31)).hasToString("SIGSYS");
        assertThat(of(64)).hasToString("signal 64");
    }

    @Test
    void aSetIsItsNamesInOrder() {
        assertThat(SignalSet.of("TERM", "HUP")).hasToString("SIGHUP, SIGTERM");
        assertThat(new SignalSet(0)).hasToString("none");
        assertThat(SignalSet.of("TERM", "HUP").without(SignalSet.of("HUP"))).isEqualTo(SignalSet.of("TERM"));
        assertThat(SignalSet.of("TERM", "HUP").and(SignalSet.of("HUP", "INT"))).isEqualTo(SignalSet.of("HUP"));
    }

    @Test
    void theSignalsOfTheCLibraryAreNobodysBusiness() {
        assertThat(new SignalSet(1L << 31 | 1L << 32).ofPrograms().isEmpty()).isTrue();
        assertThat(new SignalSet(1L << 30 | 1L << 33).ofPrograms()).hasToString("SIGSYS, signal 34");
    }

    private static SignalSet of(int number) {
        return new SignalSet(1L << (number - 1));
    }
}
