package org.daemonspec.internal.launch;

import java.nio.file.Path;

/** Where one of the daemon's standard streams leads. */
public sealed interface StandardStream {

    /** {@code /dev/null}. */
    record Null() implements StandardStream {}

    /** A file: read as stdin, appended to as stdout or stderr. */
    record File(Path path) implements StandardStream {}

    /** Each line a message to syslog, with a facility such as {@code daemon} and a priority from 0 to 7, see syslog(3). */
    record Syslog(String facility, int priority) implements StandardStream {}

    /** Each line a message to the journal, with a priority from 0 to 7. */
    record Journal(int priority) implements StandardStream {}

    /** For stderr: the same open file as stdout. */
    record SameAsStdout() implements StandardStream {}

    /** Whether another stream leads to the same place. */
    default boolean isSameAs(StandardStream other) {
        if (this instanceof File file) {
            return other instanceof File another && another.path().equals(file.path());
        }
        return this instanceof Null ? other instanceof Null : equals(other);
    }
}
