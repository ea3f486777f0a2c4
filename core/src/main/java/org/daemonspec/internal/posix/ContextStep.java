package org.daemonspec.internal.posix;

import java.util.Arrays;
import java.util.List;

/**
 * One change of a process, by one or more calls.
 *
 * @param operation the call's name, for messages
 * @param object what was asked for, for messages
 * @param calls what to call
 */
record ContextStep(String operation, String object, List<Call> calls) {

    /** A call with its arguments, numbers or addresses. */
    record Call(LibcFunction function, List<Long> arguments) {

        Call(LibcFunction function, long... arguments) {
            this(function, Arrays.stream(arguments).boxed().toList());
        }

        long[] words() {
            return arguments.stream().mapToLong(Long::longValue).toArray();
        }
    }

    static ContextStep of(String operation, String object, LibcFunction function, long... arguments) {
        return new ContextStep(operation, object, List.of(new Call(function, arguments)));
    }

    String refusal(int errno) {
        return words() + ": " + new Errno(errno);
    }

    String words() {
        return operation + (object.isEmpty() ? "" : " " + object);
    }
}
