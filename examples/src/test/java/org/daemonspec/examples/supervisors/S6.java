package org.daemonspec.examples.supervisors;

import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * s6, see s6-svscan, s6-svc, s6-svstat, s6-log; the service is up when it has said so on its notification descriptor.
 *
 * @param inside where it runs
 */
record S6(Inside inside) implements Supervisor {

    private static final String SERVICE = "/run/service/http";
    private static final Pattern UP = Pattern.compile("true true (\\d+)\n");

    @Override
    public void start(String verb) throws Exception {
        Programs.assumeInstalled("s6-svscan", "s6-svc", "s6-log");
        for (String file : List.of("run", "notification-fd", "finish", "log/run")) {
            Supervisor.write(inside, SERVICE + "/" + file, "s6/" + file, verb);
        }
        inside.start("/run/s6-svscan.log", "s6-svscan", "/run/service");
    }

    @Override
    public OptionalLong upAs() throws Exception {
        Matcher up = UP.matcher(
                inside.run("s6-svstat", "-o", "up,ready,pid", SERVICE).out());
        return up.matches() ? OptionalLong.of(Long.parseLong(up.group(1))) : OptionalLong.empty();
    }

    @Override
    public void stop() throws Exception {
        inside.succeed("s6-svc", "-wD", "-T", "60000", "-d", SERVICE);
    }

    @Override
    public void hangUp() throws Exception {
        inside.succeed("s6-svc", "-h", SERVICE);
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
