package org.daemonspec.internal.inspect;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.daemonspec.internal.launch.commandline.JvmProcess;

/** What it was given of somebody's environment, step 4. Names only: values may be secrets. */
final class EnvironmentCheck {

    /** Of a login that ends before the daemon does; of a shell; of the dynamic linker. */
    private static final Set<String> UNWANTED = Set.of(
            "SSH_AUTH_SOCK",
            "SSH_AGENT_PID",
            "SSH_CLIENT",
            "SSH_CONNECTION",
            "SSH_TTY",
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "XAUTHORITY",
            "DBUS_SESSION_BUS_ADDRESS",
            "XDG_RUNTIME_DIR",
            "XDG_SESSION_ID",
            "TMUX",
            "STY",
            "SUDO_COMMAND",
            "ENV",
            "BASH_ENV",
            "CDPATH",
            "LD_PRELOAD",
            "LD_AUDIT");

    /** By which a service manager speaks to one process, and no other. */
    private static final Set<String> OF_ONE_PROCESS = Set.of("LISTEN_PID", "WATCHDOG_PID");

    private EnvironmentCheck() {}

    static Judgement environment(Subject subject) throws IOException {
        Map<String, String> environment = JvmProcess.environmentOf(subject.pid());
        List<String> found = Stream.concat(
                        environment.keySet().stream().filter(UNWANTED::contains),
                        environment.entrySet().stream()
                                .filter(variable -> isOfAnother(subject, variable))
                                .map(Map.Entry::getKey))
                .sorted()
                .toList();
        String evidence = subject.proc("environ") + ": " + environment.size() + " variables at its start";
        return found.isEmpty()
                ? Judgement.pass(evidence + ", none of a session, a shell or the linker")
                : Judgement.fail(
                        evidence + ", of which " + String.join(", ", found),
                        "start it with env -i and what it needs, or unset " + String.join(", ", found)
                                + "; fine if it is meant for the daemon.");
    }

    private static boolean isOfAnother(Subject subject, Map.Entry<String, String> variable) {
        return OF_ONE_PROCESS.contains(variable.getKey())
                && !variable.getValue().equals(Long.toString(subject.pid()));
    }
}
