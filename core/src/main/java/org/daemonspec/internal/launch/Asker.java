package org.daemonspec.internal.launch;

import java.util.function.Consumer;
import org.daemonspec.internal.control.Progress;
import org.daemonspec.internal.control.Stop;

/**
 * Who asked for a start, and waits for it.
 *
 * @param progress is told what the start waits for
 * @param stopped is told of the predecessor's end in a restart
 * @param mayCancel whether SIGINT and SIGTERM mean the start: so at a prompt, not so in a program that goes on
 */
public record Asker(Progress progress, Consumer<Stop.Result.Stopped> stopped, boolean mayCancel) {

    private static final Consumer<Stop.Result.Stopped> NOBODY = new Consumer<>() {
        @Override
        public void accept(Stop.Result.Stopped stopped) {
            // whoever asked sees how the restart goes
        }
    };

    /** A program that goes on. */
    public static final Asker PROGRAM = new Asker(Progress.NONE, NOBODY, false);

    /** Somebody at a prompt. */
    public static final Asker PROMPT = new Asker(Progress.NONE, NOBODY, true);
}
