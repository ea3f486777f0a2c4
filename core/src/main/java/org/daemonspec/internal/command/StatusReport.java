package org.daemonspec.internal.command;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.daemonspec.internal.command.Terminal.Colour;
import org.daemonspec.internal.pidfile.PidfileState;

/**
 * Whether a daemon runs, for people and for programs.
 *
 * @param name of the daemon
 * @param pidfile by which it is known
 * @param state what the pidfile says; empty if it cannot be read
 * @param reason why it cannot be read
 */
record StatusReport(String name, Path pidfile, Optional<PidfileState> state, String reason) {

    private static final char FIRST_PRINTABLE = ' ';

    int exitCode() {
        return state.map(known -> switch (known) {
                    case PidfileState.Locked locked -> ExitCode.OK;
                    case PidfileState.Unlocked() -> ExitCode.STATUS_DEAD_WITH_PIDFILE;
                    case PidfileState.Absent(), PidfileState.Emptied() -> ExitCode.STATUS_NOT_RUNNING;
                })
                .orElse(ExitCode.STATUS_UNKNOWN);
    }

    String sentence(Terminal terminal) {
        return name + ": "
                + state.map(known -> switch (known) {
                            case PidfileState.Locked locked -> describe(locked, terminal);
                            case PidfileState.Unlocked() ->
                                terminal.paint(Colour.RED, "dead") + ", and its pidfile " + pidfile + " is left";
                            case PidfileState.Absent(), PidfileState.Emptied() -> "not running";
                        })
                        .orElseGet(() -> "unknown: " + reason);
    }

    private String describe(PidfileState.Locked locked, Terminal terminal) {
        String word =
                locked.starting() ? terminal.paint(Colour.YELLOW, "starting") : terminal.paint(Colour.GREEN, "running");
        if (locked.pid().isPresent()) {
            return word + " (pid " + locked.pid().getAsLong()
                    + since(locked).map(time -> ", since " + time).orElse("") + ")";
        }
        return locked.starting()
                ? word
                : word + " (" + pidfile + " is locked and names no holder, see fuser " + pidfile + ")";
    }

    /** One line, and an object: what is not known is not there. */
    String json() {
        return json(Map.of());
    }

    /** The same, with further members, which are JSON already. */
    String json(Map<String, String> further) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("name", quoted(name));
        members.put("pidfile", quoted(pidfile.toString()));
        members.put("status", quoted(word()));
        if (state.orElse(null) instanceof PidfileState.Locked locked) {
            OptionalLong pid = locked.pid();
            pid.ifPresent(number -> members.put("pid", Long.toString(number)));
            since(locked).ifPresent(time -> members.put("since", quoted(time.toString())));
            members.put("ready", Boolean.toString(locked.ready()));
        }
        if (state.isEmpty()) {
            members.put("reason", quoted(reason));
        }
        members.putAll(further);
        return object(members);
    }

    /** An object of values that are JSON already. */
    static String object(Map<String, String> members) {
        return members.entrySet().stream()
                .map(member -> quoted(member.getKey()) + ":" + member.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private String word() {
        return state.map(known -> switch (known) {
                    case PidfileState.Locked locked -> "running";
                    case PidfileState.Unlocked() -> "stale";
                    case PidfileState.Absent(), PidfileState.Emptied() -> "stopped";
                })
                .orElse("unknown");
    }

    private static Optional<Instant> since(PidfileState.Locked locked) {
        return locked.since().map(time -> time.truncatedTo(ChronoUnit.SECONDS));
    }

    /** A JSON string, see RFC 8259. */
    static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < FIRST_PRINTABLE || Character.isSurrogate(c)) {
                json.append("\\u").append(HexFormat.of().toHexDigits(c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
