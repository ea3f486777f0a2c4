package org.daemonspec.internal.supervisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 * @param ancestors its parent, the parent's parent and so on, up to the first that is no wrapper, or the last in its pid namespace
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
    record Ancestor(long pid, String name) {

        /** Whether it only runs a program and waits for it. */
        boolean isWrapper() {
            return WRAPPERS.contains(name);
        }
    }

    private static final Set<String> WRAPPERS =
            Set.of("sh", "bash", "dash", "ash", "busybox", "ksh", "zsh", "sudo", "su", "runuser", "setpriv");

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

    static List<Ancestor> ancestorsOfThisProcess() {
        return ProcStat.ofThisProcess().map(stat -> ancestors(stat.parent())).orElse(List.of());
    }

    private static List<Ancestor> ancestors(long parent) {
        List<Ancestor> ancestors = new ArrayList<>();
        long pid = parent;
        boolean isWrapper = true;
        while (pid > 0 && isWrapper) {
            Optional<ProcStat> stat = ProcStat.of(pid);
            if (stat.isEmpty()) {
                break; // gone, or hidden from this user
            }
            Ancestor ancestor = new Ancestor(pid, stat.get().name());
            ancestors.add(ancestor);
            isWrapper = ancestor.isWrapper();
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
