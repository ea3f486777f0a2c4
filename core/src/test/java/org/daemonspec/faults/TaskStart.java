package org.daemonspec.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.daemonspec.support.Launcher;
import org.daemonspec.support.ProcView;
import org.daemonspec.support.Processes;
import org.daemonspec.support.Processes.Finished;

/** {@code detach}: a launcher, a daemon's JVM until it is ready, and its end when it is told to. */
record TaskStart(Place place, Processes processes, Map<String, String> environment) implements Scenario {

    static final String TITLE = "detach, and the end of the daemon";

    @Override
    public String title() {
        return TITLE;
    }

    @Override
    public Outcome run() throws Exception {
        ProcessBuilder builder = processes.builder(Launcher.mode("detach")
                .with("pidfile", place.pidfile())
                .with("stdout", place.log())
                .with("stderrToStdout", "")
                .with("timeout", 20_000)
                .command());
        builder.environment().putAll(environment);
        Finished launcher = processes.run(builder);
        assertThat(launcher.out()).isEmpty();
        Outcome outcome = new Outcome(launcher.exitCode(), launcher.err().stripTrailing());
        if (outcome.succeeded()) {
            place.assertRunsAndStops(ProcView.ofPidfile(place.pidfile()), Place.LOCK_OF_TASK);
        }
        return outcome;
    }

    @Override
    public long lasting() {
        return 0;
    }

    @Override
    public void close() {}
}
