package org.daemonspec.internal.launch;

import java.util.List;
import org.daemonspec.internal.daemon.JvmOutput;
import org.daemonspec.internal.posix.Descriptor;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.Posix.OpenFor;

/**
 * What the daemon said before it was ready, in memory for the launcher to see. Then it goes on to the system log, if that is
 * where it was meant to go, and the streams are turned there, or to {@code /dev/null}.
 */
final class FirstWords {

    private static final int STDIN = 0;
    private static final int PIECE = 16 * 1024;

    private final Posix posix;
    private final Descriptor memory;
    private final Descriptor log;
    private long handedOn;

    private FirstWords(Posix posix, Descriptor memory, Descriptor log) {
        this.posix = posix;
        this.memory = memory;
        this.log = log;
    }

    /** Turns each stream that leads to memory, or by a pipe to the launcher, to where it shall lead. */
    static void end(Posix posix, Handoff handoff) {
        if (handoff.stdinIsPipe()) {
            try (Descriptor devNull = posix.open("/dev/null", OpenFor.READING, 0)) {
                posix.duplicateTo(devNull, STDIN);
            }
        }
        boolean out = handoff.logs().stdout().isEmpty();
        boolean err = handoff.logs().stderr().isEmpty();
        if (out && err && handoff.stdoutLog() == handoff.stderrLog()) {
            turn(posix, handoff.stdoutLog(), List.of(JvmOutput.ofStdout(), JvmOutput.ofStderr()));
            return;
        }
        if (out) {
            turn(posix, handoff.stdoutLog(), List.of(JvmOutput.ofStdout()));
        }
        if (err) {
            turn(posix, handoff.stderrLog(), List.of(JvmOutput.ofStderr()));
        }
    }

    /**
     * Lines keep their order: what Java prints waits until what it printed before has been handed on. What native code writes
     * in the meantime comes last.
     */
    private static void turn(Posix posix, int number, List<JvmOutput> outputs) {
        if (number == 0) {
            discard(posix, outputs);
            return;
        }
        try (Descriptor memory = posix.duplicate(outputs.getFirst().descriptor());
                Descriptor log = posix.inherited(number)) {
            FirstWords words = new FirstWords(posix, memory, log);
            for (JvmOutput output : outputs) {
                output.betweenCalls(() -> {
                    words.handOn();
                    posix.duplicateTo(log, output.descriptor());
                });
            }
            words.handOn();
        }
    }

    /** Also in the middle of a line: nobody reads what came before it. */
    private static void discard(Posix posix, List<JvmOutput> outputs) {
        try (Descriptor devNull = posix.open("/dev/null", OpenFor.APPENDING, 0)) {
            for (JvmOutput output : outputs) {
                posix.duplicateTo(devNull, output.descriptor());
            }
        }
    }

    private void handOn() {
        for (byte[] piece = next(); piece.length > 0; piece = next()) {
            posix.write(log, piece);
            handedOn += piece.length;
        }
    }

    private byte[] next() {
        return posix.readAt(memory, handedOn, PIECE);
    }
}
