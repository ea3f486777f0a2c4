package org.daemonspec.faults;

import java.util.List;
import java.util.Optional;

/**
 * One call that daemonspec makes, as the shim has noted it.
 *
 * @param process which makes it: {@code launcher}, {@code intermediate} or {@code daemon}
 * @param name as in its man page, with {@code JDK} before it where it is made by a class of the JDK
 * @param number which of the calls of this name in this process, from 1 on
 * @param object what it is about; empty if the shim does not tell
 */
record Call(String process, String name, int number, String object) {

    private static final String BY_JDK = "JDK ";
    private static final String MARK_OF_FAULT = "FAULT";

    /** Of a line of the shim's log; empty for one that failed on purpose. */
    static Optional<Call> of(String line) {
        List<String> fields = List.of(line.split("\t", -1));
        String key = fields.getFirst();
        int space = key.indexOf(' ');
        return fields.getLast().equals(MARK_OF_FAULT)
                ? Optional.empty()
                : Optional.of(new Call(
                        key.substring(0, space),
                        key.substring(space + 1),
                        Integer.parseInt(fields.get(1)),
                        fields.get(2)));
    }

    String key() {
        return process + " " + name;
    }

    /** The name in the man page. */
    String inManPage() {
        return isByJdk() ? name.substring(BY_JDK.length()) : name;
    }

    boolean isByJdk() {
        return name.startsWith(BY_JDK);
    }
}
