package org.daemonspec.examples.supervisors;

import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daemonspec.support.Processes.Finished;

/**
 * runit, see runsvdir(8), sv(8), svlogd(8); the service is up when its check says so.
 *
 * @param inside where it runs
 */
record Runit(Inside inside) implements Supervisor {

    private static final Pattern UP = Pattern.compile("ok: run: http: \\(pid (\\d+)\\) .*", Pattern.DOTALL);

    @Override
    public void start(String verb) throws Exception {
        Programs.assumeInstalled("runsvdir", "sv", "svlogd");
        for (String file : List.of("run", "check", "finish", "log/run")) {
            Supervisor.write(inside, "/etc/service/http/" + file, "runit/" + file, verb);
        }
        inside.start("/run/runsvdir.log", "runsvdir", "-P", "/etc/service");
    }

    @Override
    public OptionalLong upAs() throws Exception {
        Finished check = inside.run("sv", "-w", "1", "check", "http");
        Matcher up = UP.matcher(check.out());
        return check.exitCode() == 0 && up.matches()
                ? OptionalLong.of(Long.parseLong(up.group(1)))
                : OptionalLong.empty();
    }

    @Override
    public void stop() throws Exception {
        inside.succeed("sv", "-w", "60", "down", "http");
    }

    @Override
    public void hangUp() throws Exception {
        inside.succeed("sv", "hup", "http");
    }

    @Override
    public boolean hasSeenExit(int code) {
        return output().contains("http ended with exit code " + code + ",");
    }

    @Override
    public String output() {
        return inside.read("/var/log/http/current");
    }
}
