package org.daemonspec.examples.supervisors;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * supervisord, see supervisord.org, with Debian's configuration; the service is up when it has not ended for a second.
 *
 * @param inside where it runs
 */
record Supervisord(Inside inside) implements Supervisor {

    private static final Pattern UP = Pattern.compile("http +RUNNING +pid (\\d+), .*\n");

    @Override
    public void start(String verb) throws Exception {
        Programs.assumeInstalled("supervisord", "supervisorctl");
        Supervisor.write(inside, "/etc/supervisor/conf.d/http.conf", "supervisord/http.conf", verb);
        inside.start("/run/supervisord.log", "supervisord", "-n", "-c", "/etc/supervisor/supervisord.conf");
    }

    @Override
    public OptionalLong upAs() throws Exception {
        Matcher up = UP.matcher(inside.run("supervisorctl", "status", "http").out());
        return up.matches() ? OptionalLong.of(Long.parseLong(up.group(1))) : OptionalLong.empty();
    }

    @Override
    public void stop() throws Exception {
        inside.succeed("supervisorctl", "stop", "http");
    }

    @Override
    public void hangUp() throws Exception {
        inside.succeed("supervisorctl", "signal", "HUP", "http");
    }

    @Override
    public boolean hasSeenExit(int code) {
        return inside.read("/var/log/supervisor/supervisord.log").contains(": http (exit status " + code);
    }

    @Override
    public String output() {
        return inside.read("/var/log/http.log");
    }
}
