package org.daemonspec.internal.launch;

import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
        Iterator<Integer> free = free(preserved).iterator();
        int status = free.next();
        int handoff = free.next();
        int lock = free.next();
        int argumentFile = hasLock ? free.next() : lock;
        int firstLog = free.next();
        int secondLog = free.next();
        List<Integer> listening =
                IntStream.range(0, sockets).mapToObj(i -> free.next()).toList();
        return new Numbering(status, handoff, lock, argumentFile, firstLog, secondLog, listening);
    }

    /** The number of one of at most two ways to the system log. */
    int log(int index) {
        return index == 0 ? firstLog : secondLog;
    }

    /** The pidfile's number in a program that knows nothing of daemonspec: the first that is free. */
    static int lockOfProgram(Set<Integer> preserved) {
        return free(preserved).findFirst().orElseThrow();
    }

    private static Stream<Integer> free(Set<Integer> preserved) {
        return IntStream.iterate(FIRST, number -> number + 1).boxed().filter(number -> !preserved.contains(number));
    }
}
