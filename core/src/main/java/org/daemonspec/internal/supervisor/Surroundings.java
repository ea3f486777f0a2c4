package org.daemonspec.internal.supervisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcStat;
import org.daemonspec.internal.posix.StreamSocket;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * What a process can see of who started it.
 *
 * @param pid its own
 * @param environment its variables
 * @param leadsItsGroup whether it is the leader of its process group
 * @param hasTerminal whether it has a controlling terminal
 * @param ancestors its parent, the parent's parent and so on, as far as they are in its pid namespace
 * @param stdin what descriptor 0 is, if it is a socket
 */
record Surroundings(
        long pid,
        Map<String, String> environment,
        boolean leadsItsGroup,
        boolean hasTerminal,
        List<Ancestor> ancestors,
        Optional<StreamSocket> stdin) {

    /**
     * A process above this one.
     *
     * @param pid its number
     * @param name what ps(1) calls it
     */
    record Ancestor(long pid, String name) {}

    private static final int MOST_ANCESTORS = 64;

    static Surroundings ofThisProcess() {
        Optional<ProcStat> self = ProcStat.ofThisProcess();
        return new Surroundings(
                ProcessHandle.current().pid(),
                System.getenv(),
                self.filter(stat ->
                                stat.processGroup() == ProcessHandle.current().pid())
                        .isPresent(),
                self.filter(stat -> stat.terminal() != 0).isPresent(),
                self.map(stat -> ancestors(stat.parent())).orElse(List.of()),
                stdinOfThisProcess());
    }

    private static List<Ancestor> ancestors(long parent) {
        List<Ancestor> ancestors = new ArrayList<>();
        long pid = parent;
        while (pid > 0 && ancestors.size() < MOST_ANCESTORS) {
            Optional<ProcStat> stat = ProcStat.of(pid);
            if (stat.isEmpty()) {
                break; // gone, or hidden from this user
            }
            ancestors.add(new Ancestor(pid, stat.get().name()));
            pid = stat.get().parent();
        }
        return ancestors;
    }

    private static Optional<StreamSocket> stdinOfThisProcess() {
        if (!StreamSocket.mayBe(0)) {
            return Optional.empty();
        }
        try (Posix posix = Posix.open()) {
            return StreamSocket.of(posix, 0);
        } catch (SystemCallException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }
}
