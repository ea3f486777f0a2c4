package org.daemonspec.internal.supervisor;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.daemonspec.internal.launch.commandline.JvmProcess;
import org.daemonspec.internal.posix.Printable;
import org.daemonspec.internal.posix.StreamSocket;
import org.daemonspec.internal.supervisor.Surroundings.Ancestor;

/**
 * Whether somebody who looks after this process has started it: who waits for it to be ready, restarts it when it ends, keeps what it
 * writes, and would take a daemon that goes its own way for one that has died.
 *
 * <p>Nothing is concluded from the parent's number alone: the parent of whatever has lost its own is process 1, too. Nor from a
 * variable alone, which every child of a supervised process inherits: it counts if it names this process, or if the process
 * above does not have it as well. Programs that only run another one and wait for it, such as shells, are looked through.
 *
 * @param supervisor who it is, for people; empty if nobody is
 * @param reason what that is concluded from, a phrase
 * @param wantsDaemon whether there is a service manager that waits for this process to leave a daemon behind
 */
public record Supervision(Optional<String> supervisor, String reason, boolean wantsDaemon) {

    /** By the names that the kernel gives them, of which it keeps 15 characters. */
    private static final Map<String, String> SUPERVISORS = Map.ofEntries(
            Map.entry("s6-supervise", "s6"),
            Map.entry("runsv", "runit"),
            Map.entry("supervise", "daemontools"),
            Map.entry("supervisord", "supervisord"),
            Map.entry("supervise-daemo", "OpenRC's supervise-daemon"),
            Map.entry("dinit", "dinit"),
            Map.entry("perpd", "perp"),
            Map.entry("circusd", "circus"),
            Map.entry("immortal", "immortal"),
            Map.entry("launchd", "launchd"));

    /** The first process of a container, which runs one program and ends with it. */
    private static final Set<String> CONTAINER_INITS =
            Set.of("tini", "tini-static", "docker-init", "podman-init", "dumb-init", "catatonit");

    private static final String INETD = "inetd";

    private static final Set<String> SYSTEMD = Set.of("systemd", "(sd-executor)");

    /** Variables by which a supervisor speaks to the one process that it started. */
    public static final Set<String> VARIABLES = Set.of(
            "NOTIFY_SOCKET",
            "WATCHDOG_PID",
            "WATCHDOG_USEC",
            "LISTEN_PID",
            "LISTEN_PIDFDID",
            "LISTEN_FDS",
            "LISTEN_FDNAMES",
            "FDSTORE");

    /** Those of them that mean whichever process speaks for the service, and not a pid. */
    public static final Set<String> OF_WHOEVER_IS_READY = Set.of("NOTIFY_SOCKET", "WATCHDOG_USEC");

    /** What this process can tell. */
    public static Supervision ofThisProcess() {
        Surroundings here = Surroundings.ofThisProcess();
        Proc proc = new Proc(here.pid());
        return of(here, proc, proc);
    }

    /** What this process can tell of another one, which runs. */
    public static Supervision ofProcess(long pid) {
        Map<String, String> environment = new HashMap<>(environmentOf(pid).orElse(Map.of()));
        environment.remove("INVOCATION_ID"); // a daemon has inherited it, and may have systemd as its parent
        Proc proc = new Proc(pid);
        return of(Surroundings.ofProcess(pid, environment), proc, proc);
    }

    /** Who runs this process, be it through shells that wait for it: the pid, in this process's namespace. */
    public static OptionalLong starterOfThisProcess() {
        Optional<Ancestor> manager = manager(Surroundings.ancestorsOfThisProcess());
        return manager.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(manager.get().pid());
    }

    /** What is known of the environment of a process. */
    @FunctionalInterface
    interface Environments {

        /** Its variables as it was started with; empty if this user may not see them. */
        Optional<Map<String, String>> of(long pid);
    }

    /** What is known of the unit that this process belongs to. */
    @FunctionalInterface
    interface Unit {

        /** Its file and {@code Type=}; empty if none was found. */
        Optional<UnitType> type();
    }

    /** What {@code /proc} says of both; of the unit of one process. */
    private record Proc(long pid) implements Environments, Unit {

        @Override
        public Optional<Map<String, String>> of(long process) {
            return environmentOf(process);
        }

        @Override
        public Optional<UnitType> type() {
            return UnitType.ofProcess(pid);
        }
    }

    /** Whether what this process writes to stderr goes to somebody in a network. */
    boolean hasClientAtStderr() {
        return supervisor.isPresent() && supervisor.get().equals(INETD);
    }

    static Supervision of(Surroundings here, Environments environments, Unit unit) {
        Optional<Supervision> found = bySystemd(here, environments, unit);
        if (found.isEmpty()) {
            found = bySockets(here);
        }
        if (found.isEmpty()) {
            found = asFirstProcess(here);
        }
        if (found.isEmpty()) {
            found = byParent(here);
        }
        if (found.isEmpty()) {
            found = byInetd(here);
        }
        return found.isPresent() ? found.get() : byNobody(here);
    }

    private static Optional<Supervision> bySystemd(Surroundings here, Environments environments, Unit unit) {
        String executed = here.environment().get("SYSTEMD_EXEC_PID");
        Optional<String> executedIt = executed == null ? byInvocation(here) : byExecPid(here, executed);
        if (executedIt.isPresent()) { // also before NOTIFY_SOCKET, which WatchdogSec= brings to any type
            Optional<UnitType> waiting = unit.type();
            if (waiting.isPresent() && waiting.get().waitsForTheEnd()) {
                return Optional.of(new Supervision(
                        Optional.empty(),
                        waiting.get().unit() + " says Type=" + waiting.get().type()
                                + ", so systemd waits for the launcher to end",
                        true));
            }
        }
        String socket = here.environment().get("NOTIFY_SOCKET");
        if (socket != null && !socket.isEmpty() && !isInherited("NOTIFY_SOCKET", socket, here, environments)) {
            return by(
                    "a service manager",
                    "NOTIFY_SOCKET is " + Printable.of(socket) + ", where it waits to hear of readiness");
        }
        return executedIt.isPresent() ? by("systemd", executedIt.get()) : Optional.empty();
    }

    private static Optional<String> byExecPid(Surroundings here, String executed) {
        if (executed.equals(Long.toString(here.pid()))) {
            return Optional.of("SYSTEMD_EXEC_PID names this process");
        }
        if (here.hasTerminal()) { // a shell that systemd started for somebody who types
            return Optional.empty();
        }
        for (Ancestor ancestor : here.ancestors()) {
            if (!ancestor.isWrapper()) {
                break;
            }
            if (executed.equals(Long.toString(ancestor.pid()))) {
                return Optional.of("SYSTEMD_EXEC_PID names " + named(ancestor) + ", which runs this one");
            }
        }
        return Optional.empty();
    }

    /** Before version 248, it set nothing else. */
    private static Optional<String> byInvocation(Surroundings here) {
        Optional<Ancestor> parent = parent(here);
        return here.environment().containsKey("INVOCATION_ID")
                        && parent.isPresent()
                        && SYSTEMD.contains(parent.get().name())
                ? Optional.of("INVOCATION_ID is set, and its parent is systemd")
                : Optional.empty();
    }

    /** Also systemd-socket-activate(1): a process of its own would not have the sockets. */
    private static Optional<Supervision> bySockets(Surroundings here) {
        return Long.toString(here.pid()).equals(here.environment().get("LISTEN_PID"))
                ? by("a service manager", "LISTEN_PID names this process, for which it has opened sockets")
                : Optional.empty();
    }

    private static Optional<Supervision> asFirstProcess(Surroundings here) {
        return here.pid() == 1
                ? by("whoever started this container", "it is process 1, with which a container ends")
                : Optional.empty();
    }

    private static Optional<Supervision> byParent(Surroundings here) {
        Optional<Ancestor> found = parent(here);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Ancestor parent = found.get();
        // An orphan that process 1 adopted is in a group of those who left it.
        if (here.group() != here.pid() && here.group() != parent.group() && !parent.isWrapper()) {
            return Optional.empty();
        }
        if (CONTAINER_INITS.contains(parent.name())) {
            return by("whoever started this container", "its parent is " + named(parent));
        }
        Optional<Ancestor> manager = manager(here);
        if (manager.isEmpty()) {
            return Optional.empty();
        }
        Ancestor above = manager.get();
        String supervisor = SUPERVISORS.get(above.name());
        return supervisor != null && (above.pid() == parent.pid() || !here.hasTerminal())
                ? by(supervisor, "it was started by " + named(above))
                : Optional.empty();
    }

    /** A UNIX socket that is connected is rather a terminal's, an editor's or a build server's way to make a pipe. */
    private static Optional<Supervision> byInetd(Surroundings here) {
        if (here.stdin().isEmpty()) {
            return Optional.empty();
        }
        StreamSocket socket = here.stdin().get();
        if (socket.isListening()) {
            return by(INETD, "its stdin is a socket that listens");
        }
        return socket.isInternet()
                ? by(INETD, "its stdin is a socket that is connected to somebody in a network")
                : Optional.empty();
    }

    private static Supervision byNobody(Surroundings here) {
        Optional<Ancestor> parent = parent(here);
        String starter = parent.isPresent() ? ", which was started by " + named(parent.get()) : "";
        return new Supervision(Optional.empty(), "no supervisor waits for this process" + starter, false);
    }

    private static Optional<Supervision> by(String supervisor, String reason) {
        return Optional.of(new Supervision(Optional.of(supervisor), reason, false));
    }

    private static boolean isInherited(String name, String value, Surroundings here, Environments environments) {
        Optional<Ancestor> above = manager(here);
        if (above.isEmpty()) {
            return false;
        }
        Optional<Map<String, String>> variables = environments.of(above.get().pid());
        return variables.isPresent() && value.equals(variables.get().get(name));
    }

    private static Optional<Ancestor> parent(Surroundings here) {
        return here.ancestors().isEmpty()
                ? Optional.empty()
                : Optional.of(here.ancestors().getFirst());
    }

    /** The first above that does more than to run one program and wait for it. */
    private static Optional<Ancestor> manager(Surroundings here) {
        return manager(here.ancestors());
    }

    private static Optional<Ancestor> manager(List<Ancestor> ancestors) {
        for (Ancestor ancestor : ancestors) {
            if (!ancestor.isWrapper()) {
                return Optional.of(ancestor);
            }
        }
        return Optional.empty();
    }

    private static String named(Ancestor process) {
        return Printable.of(process.name()) + " (pid " + process.pid() + ")";
    }

    private static Optional<Map<String, String>> environmentOf(long pid) {
        try {
            return Optional.of(JvmProcess.environmentOf(pid));
        } catch (IOException notOurs) {
            return Optional.empty();
        }
    }
}
