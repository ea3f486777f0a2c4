package org.daemonspec.internal.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A set of signals as {@code /proc/PID/status} has it.
 *
 * @param bits signal 1 at the lowest
 */
record SignalSet(long bits) {

    /** See signal(7), in order from 1. */
    private static final List<String> NAMES = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
            "WINCH", "IO", "PWR", "SYS");

    /** What the C library keeps for itself, see nptl(7). */
    private static final int FIRST_PRIVATE = 32;

    private static final int LAST_PRIVATE = 33;

    /** Of these names, without SIG. */
    static SignalSet of(String... names) {
        long bits = 0;
        for (String name : names) {
            bits |= 1L << NAMES.indexOf(name);
        }
        return new SignalSet(bits);
    }

    SignalSet without(SignalSet others) {
        return new SignalSet(bits & ~others.bits);
    }

    SignalSet and(SignalSet others) {
        return new SignalSet(bits & others.bits);
    }

    /** Without those of the C library. */
    SignalSet ofPrograms() {
        return new SignalSet(bits & ~(1L << (FIRST_PRIVATE - 1) | 1L << (LAST_PRIVATE - 1)));
    }

    boolean isEmpty() {
        return bits == 0;
    }

    /** Such as {@code SIGHUP, SIGINT}; or {@code none}. */
    @Override
    public String toString() {
        List<Integer> numbers = new ArrayList<>();
        for (int number = 1; number <= Long.SIZE; number++) {
            if ((bits >>> (number - 1) & 1) != 0) {
                numbers.add(number);
            }
        }
        return numbers.isEmpty()
                ? "none"
                : numbers.stream().map(SignalSet::name).collect(Collectors.joining(", "));
    }

    private static String name(int number) {
        return number <= NAMES.size() ? "SIG" + NAMES.get(number - 1) : "signal " + number;
    }
}
