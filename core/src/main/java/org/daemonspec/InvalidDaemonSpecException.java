package org.daemonspec;

import java.util.List;
import org.daemonspec.internal.launch.StartResult;

/** A specification that cannot work, in itself or on this machine. Nothing was forked, locked or created. */
public final class InvalidDaemonSpecException extends DaemonException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    InvalidDaemonSpecException(String name, List<String> problems) {
        super(new StartResult.Refused(problems).sentence(name));
        this.problems = List.copyOf(problems);
    }

    InvalidDaemonSpecException(String name, String problem, Throwable cause) {
        this(name, List.of(problem));
        initCause(cause);
    }

    /** {@return everything that is wrong, each in one sentence} */
    public List<String> problems() {
        return problems;
    }

    /** {@value DaemonException#EXIT_NOT_CONFIGURED}. */
    @Override
    public int exitCode() {
        return EXIT_NOT_CONFIGURED;
    }
}
