package org.daemonspec.internal.supervisor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.daemonspec.internal.posix.ByteString;
import org.daemonspec.internal.posix.OwnPid;
import org.daemonspec.internal.posix.Posix;
import org.daemonspec.internal.posix.ProcStat;
import org.daemonspec.internal.posix.StreamSocket;
import org.daemonspec.internal.posix.SystemCallException;

/**
 * What a process can see of who started it.
 *
 * @param pid its own
 * @param environment its variables
 * @param group its process group
 * @param hasTerminal whether it has a controlling terminal
 * @param ancestors its parent, the parent's parent and so on, up to the first that is no wrapper, or the last in its pid namespace
 * @param stdin what descriptor 0 is, if it is a socket
 */
record Surroundings(
        long pid,
        Map<String, String> environment,
        long group,
        boolean hasTerminal,
        List<Ancestor> ancestors,
        Optional<StreamSocket> stdin) {

    /**
     * A process above this one.
     *
     * @param pid its number
     * @param name what ps(1) calls it: of a script, its own name
     * @param group its process group
     * @param isWrapper whether it only runs a program and waits for it
     */
    record Ancestor(long pid, String name, long group, boolean isWrapper) {}

    private static final Set<String> WRAPPERS =
            Set.of("sh", "bash", "dash", "ash", "busybox", "ksh", "zsh", "sudo", "su", "runuser", "setpriv");

    static Surroundings ofThisProcess() {
        return of(OwnPid.get(), System.getenv(), stdinOfThisProcess());
    }

    /** Of another process, as far as this user may see it; what its stdin is stays its own affair. */
    static Surroundings ofProcess(long pid, Map<String, String> environment) {
        return of(pid, environment, Optional.empty());
    }

    private static Surroundings of(long pid, Map<String, String> environment, Optional<StreamSocket> stdin) {
        Optional<ProcStat> found = ProcStat.of(pid);
        if (found.isEmpty()) {
            return new Surroundings(pid, environment, 0, false, List.of(), stdin);
        }
        ProcStat stat = found.get();
        return new Surroundings(
                pid, environment, stat.processGroup(), stat.terminal() != 0, ancestors(stat.parent()), stdin);
    }

    static List<Ancestor> ancestorsOfThisProcess() {
        Optional<ProcStat> stat = ProcStat.ofThisProcess();
        return stat.isPresent() ? ancestors(stat.get().parent()) : List.of();
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
            isWrapper = isWrapper(pid, stat.get().name());
            ancestors.add(new Ancestor(pid, stat.get().name(), stat.get().processGroup(), isWrapper));
            pid = stat.get().parent();
        }
        return ancestors;
    }

    /** By its name; or by the first word of its command line, for the kernel calls a script by the script's name. */
    private static boolean isWrapper(long pid, String name) {
        if (WRAPPERS.contains(name)) {
            return true;
        }
        try {
            String command = ByteString.read(Path.of("/proc", Long.toString(pid), "cmdline"));
            String program = command.substring(0, Math.max(0, command.indexOf('\0')));
            String base = program.substring(program.lastIndexOf('/') + 1);
            return WRAPPERS.contains(base.startsWith("-") ? base.substring(1) : base); // a login shell
        } catch (IOException gone) {
            return false;
        }
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
