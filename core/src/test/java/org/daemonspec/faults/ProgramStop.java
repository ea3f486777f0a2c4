package org.daemonspec.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;

/** {@code stop} of a daemon that removes nothing itself. */
record ProgramStop(Place place, Processes processes, Map<String, String> environment) implements Scenario {

    @Override
    public String title() {
        return "stop";
    }

    @Override
    public Outcome run() throws Exception {
        ProcView daemon = place.start();
        ProcessBuilder builder = processes.builder(Launcher.mode("main")
                .with("pidfile", place.pidfile())
                .with("name", "probe")
                .command("stop"));
        builder.environment().putAll(environment);
        Finished stop = processes.run(builder);
        Outcome outcome = new Outcome(stop.exitCode(), stop.err().stripTrailing());
        if (outcome.succeeded()) {
            assertThat(stop.out()).startsWith("probe: stopped (pid " + daemon.pid() + ", ");
            assertThat(daemon.isAlive()).as("runs").isFalse();
        } else {
            assertThat(stop.out()).isEmpty();
            place.assertRunsAndStops(daemon, Place.LOCK_OF_PROGRAM);
        }
        return outcome;
    }

    /** That the process has ended does not depend on what becomes of its pidfile. */
    @Override
    public boolean mayLeaveStalePidfile() {
        return true;
    }

    @Override
    public long lasting() {
        return 0;
    }

    @Override
    public void close() {}
}
