package org.daemonspec.internal.launch;

import java.nio.file.Path;

/** Where one of the daemon's standard streams leads. */
public sealed interface StandardStream {

    /** {@code /dev/null}. */
    record Null() implements StandardStream {}

    /** A file: read as stdin, appended to as stdout or stderr. */
    record File(Path path) implements StandardStream {}

    /** For stderr: the same open file as stdout. */
    record SameAsStdout() implements StandardStream {}
}
