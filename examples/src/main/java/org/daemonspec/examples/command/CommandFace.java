package org.daemonspec.examples.command;

import java.nio.file.Path;
import java.time.Duration;
import org.daemonspec.DaemonControl;
import org.daemonspec.DaemonException;
import org.daemonspec.DaemonSpec;
import org.daemonspec.DaemonStatus;
import org.daemonspec.StopResult;

/**
 * {@code start | stop | restart | status | run}, with the exit codes of the Linux Standard Base.
 *
 * @param name how messages call the service
 * @param pidfile by which it is controlled
 */
public record CommandFace(String name, Path pidfile) {

    private static final int OK = 0;
    private static final int DEAD_WITH_PIDFILE = 1;
    private static final int USAGE = 2;
    private static final int NOT_RUNNING = 3;
    private static final int UNKNOWN = 4;
    private static final Duration STOP_GRACE = Duration.ofSeconds(10);

    /** Parses and obeys a command line; on one that makes no sense, prints the usage and leaves with 2. */
    public static void main(String usage, ThrowingRunnable body) throws Exception {
        try {
            body.run();
        } catch (Usage e) {
            System.err.println(e.getMessage() + System.lineSeparator() + "usage: " + usage);
            System.exit(USAGE);
        } catch (DaemonException e) {
            System.err.println(e.getMessage());
            System.exit(e.exitCode());
        }
    }

    /** Something that may fail. */
    @FunctionalInterface
    public interface ThrowingRunnable {

        /** Does it. */
        void run() throws Exception;
    }

    /** Does what the verb says. */
    public void obey(String verb, Service service) throws Exception {
        switch (verb) {
            case "start" -> service.start();
            case "stop" -> System.exit(stop());
            case "restart" -> restart(service);
            case "status" -> System.exit(status());
            case "run" -> service.run();
            default -> throw new Usage("unknown command " + verb);
        }
    }

    /** main runs again in the daemon with the same words: only the launcher stops the predecessor. */
    private void restart(Service service) {
        if (!DaemonSpec.isDaemon() && stop() != OK) {
            System.exit(1);
        }
        service.start();
    }

    private int stop() {
        return switch (DaemonControl.of(pidfile).stop(STOP_GRACE)) {
            case StopResult.NotRunning() -> say(OK, "not running");
            case StopResult.Stopped stopped ->
                say(
                        OK,
                        (stopped.killed() ? "killed" : "stopped") + " (pid " + stopped.pid() + ", "
                                + stopped.took().toMillis() + " ms)");
            case StopResult.NotStopped not -> {
                System.err.println(name + ": not stopped: " + not.reason() + ".");
                yield 1;
            }
        };
    }

    private int status() {
        return switch (DaemonControl.of(pidfile).status()) {
            case DaemonStatus.Running running
            when running.pid().isPresent() ->
                say(OK, "running (pid " + running.pid().getAsLong() + ")");
            case DaemonStatus.Running running -> say(OK, "starting");
            case DaemonStatus.Stale stale ->
                say(DEAD_WITH_PIDFILE, "dead, and its pidfile " + stale.pidfile() + " is left");
            case DaemonStatus.Stopped() -> say(NOT_RUNNING, "not running");
            case DaemonStatus.Unknown unknown -> say(UNKNOWN, "unknown: " + unknown.reason());
        };
    }

    private int say(int exitCode, String outcome) {
        System.out.println(name + ": " + outcome);
        return exitCode;
    }
}
