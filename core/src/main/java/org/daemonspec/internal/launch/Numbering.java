package org.daemonspec.internal.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Under which numbers a daemon has the descriptors that daemonspec gives it beside its standard streams: from 3 on, less those
 * that are preserved.
 *
 * @param status the write end of the pipe that the launcher waits at
 * @param handoff the file in memory with the {@link Handoff}
 * @param lock the locked pidfile; the next free number if there is none
 * @param argumentFile an {@code @argfile} that the command line was too long for; the next free number if there is none
 * @param firstLog a way to the system log, if there is one
 * @param secondLog another, if stdout and stderr have one each
 * @param sockets that it listens on, in order
 */
record Numbering(
        int status, int handoff, int lock, int argumentFile, int firstLog, int secondLog, List<Integer> sockets) {

    private static final int FIRST = 3;

    /** For a daemon JVM: without a pidfile, an argument file takes the lock's place. */
    static Numbering avoiding(Set<Integer> preserved, boolean hasLock, int sockets) {
        int status = freeFrom(FIRST, preserved);
        int handoff = freeFrom(status + 1, preserved);
        int lock = freeFrom(handoff + 1, preserved);
        int argumentFile = hasLock ? freeFrom(lock + 1, preserved) : lock;
        int firstLog = freeFrom(argumentFile + 1, preserved);
        int secondLog = freeFrom(firstLog + 1, preserved);
        List<Integer> listening = new ArrayList<>();
        int last = secondLog;
        for (int i = 0; i < sockets; i++) {
            last = freeFrom(last + 1, preserved);
            listening.add(last);
        }
        return new Numbering(status, handoff, lock, argumentFile, firstLog, secondLog, listening);
    }

    /** The number of one of at most two ways to the system log. */
    int log(int index) {
        return index == 0 ? firstLog : secondLog;
    }

    /** The pidfile's number in a program that knows nothing of daemonspec: the first that is free. */
    static int lockOfProgram(Set<Integer> preserved) {
        return freeFrom(FIRST, preserved);
    }

    private static int freeFrom(int lowest, Set<Integer> preserved) {
        int number = lowest;
        while (preserved.contains(number)) {
            number++;
        }
        return number;
    }
}
