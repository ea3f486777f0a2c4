package org.daemonspec.examples.supervisors;

import java.util.Map;
import org.daemonspec.support.Processes.Finished;

/**
 * systemd as an administrator asks it, see systemctl(1) and journalctl(1).
 *
 * @param inside where it runs
 */
record Systemd(Inside inside) {

    private static final String UNITS = "/run/systemd/system/";

    /** Installs a unit of the documentation, in which a test may replace words; each of them has to be there. */
    void install(String unit, Map<String, String> replaced) throws Exception {
        install(unit, unit, replaced);
    }

    /** The same by another name. */
    void install(String unit, String file, Map<String, String> replaced) throws Exception {
        String content = Installation.file("systemd/" + file);
        for (Map.Entry<String, String> replacement : replaced.entrySet()) {
            if (!content.contains(replacement.getKey())) {
                throw new AssertionError(file + " has no " + replacement.getKey());
            }
            content = content.replace(replacement.getKey(), replacement.getValue());
        }
        write(unit, content);
    }

    /** Installs a unit. */
    void write(String unit, String content) throws Exception {
        inside.write(UNITS + unit, content);
        succeed("daemon-reload");
    }

    /** systemctl, which has to succeed. */
    void succeed(String... words) throws Exception {
        Finished finished = systemctl(words);
        if (finished.exitCode() != 0) {
            throw new AssertionError("systemctl " + String.join(" ", words) + " gave " + finished + "; the journal: "
                    + inside.run("journalctl", "--no-pager", "-n", "50").out());
        }
    }

    /** systemctl, whatever comes of it. */
    Finished systemctl(String... words) throws Exception {
        String[] command = new String[words.length + 1];
        command[0] = "systemctl";
        System.arraycopy(words, 0, command, 1, words.length);
        return inside.run(command);
    }

    /** A property of a unit. */
    String show(String unit, String property) throws Exception {
        return inside.succeed("systemctl", "show", "--value", "-p", property, unit)
                .strip();
    }

    /** The process that systemd takes for the service. */
    long mainPid(String unit) throws Exception {
        return Long.parseLong(show(unit, "MainPID"));
    }

    /** What the journal has of a unit since it was started last, by itself and by systemd. */
    String journal(String unit) throws Exception {
        return journalOfInvocation(show(unit, "InvocationID"));
    }

    /** The same for a start that may not be the last one. */
    String journalOfInvocation(String invocation) throws Exception {
        inside.succeed("journalctl", "--sync");
        String byItself = "_SYSTEMD_INVOCATION_ID=" + invocation;
        String bySystemd = "INVOCATION_ID=" + invocation;
        return inside.succeed("journalctl", "--no-pager", "--output=cat", byItself, "+", bySystemd);
    }

    /** Stops and removes every unit that a test has installed; the names of all begin with {@code http}. */
    void forgetUnits() throws Exception {
        inside.run("sh", "-c", """
            for unit in $(systemctl list-units --all --plain --no-legend 'http*' | cut -d ' ' -f 1); do
                systemctl kill --signal=KILL "$unit"
                systemctl stop "$unit"
            done
            rm -rf /run/systemd/system/http* /etc/init.d/http* /run/http*
            systemctl daemon-reload
            systemctl reset-failed
            """);
    }
}
