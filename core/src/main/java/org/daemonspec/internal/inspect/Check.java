package org.daemonspec.internal.inspect;

import java.io.IOException;

/** How a property is judged. */
@FunctionalInterface
interface Check {

    /**
     * Looks at the process.
     *
     * @throws IOException if this user may not see what it takes, or the process has ended
     */
    Judgement judge(Subject subject) throws IOException;
}
