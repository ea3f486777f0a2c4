package org.daemonspec.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.daemonspec.support.Prefix;
import org.daemonspec.support.Processes;
import org.daemonspec.support.WorldReadable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each call that a start and a stop make fails once, with each error of its man page: it works all the same, or there is one
 * sentence with the error's name and the right exit code; and then nothing is left, and the next start works.
 *
 * <p>Which calls these are is found out by a run without a fault. By default, where each case is a JVM, the first call of each name
 * meets the likeliest error; {@code -Dfaults=all} has all calls meet all errors, and {@code -Dfaults.page=FILE} writes what came
 * of it.
 */
class FaultsIT {

    private static final boolean ALL = System.getProperty("faults", "").equals("all");

    private static final FaultsPage PAGE = new FaultsPage();

    @RegisterExtension
    final Processes processes = new Processes();

    @TempDir
    Path directory;

    private Place place;
    private Shim shim;

    @BeforeEach
    void prepare() throws Exception {
        place = new Place(Files.createDirectory(directory.toRealPath().resolve("place")), processes);
        shim = new Shim(directory, place.directory());
    }

    @AfterAll
    static void write() throws Exception {
        String page = System.getProperty("faults.page", "");
        if (!page.isEmpty()) {
            Files.writeString(Path.of(page), PAGE.text());
        }
    }

    @Test
    void aProgramIsStartedOrNothingIsLeft() throws Exception {
        List<String> settings = List.of("pidfile=" + place.pidfile(), "stdout=" + place.log());
        meetFaults(new ProgramStart("exec", place, processes, shim.environment(), settings), true);
    }

    /** Its intermediate process changes itself by one call after another, and waits to be looked at. */
    @Test
    void aProgramOfAnotherUserIsStartedOrNothingIsLeft() throws Exception {
        Prefix.assumeRoot();
        WorldReadable.directory(directory);
        List<String> settings = List.of(
                "pidfile=" + place.pidfile(),
                "user=nobody",
                "keep=chown",
                "noNewPrivileges=",
                "limit.NOFILE=1000:1000",
                "nice=5",
                "io=idle",
                "scheduling=batch",
                "cpus=0");
        meetFaults(new ProgramStart("exec as another user", place, processes, shim.environment(), settings), ALL);
    }

    @Test
    void aTaskIsStartedOrNothingIsLeft() throws Exception {
        meetFaults(new TaskStart(place, processes, shim.environment()), ALL);
    }

    @Test
    void aDaemonIsStoppedOrRunsOn() throws Exception {
        meetFaults(new ProgramStop(place, processes, shim.environment()), ALL);
    }

    private void meetFaults(Scenario scenario, boolean all) throws Exception {
        SoftAssertions assertions = new SoftAssertions();
        try (scenario) {
            Set<String> seen = new HashSet<>();
            for (Call call : callsOf(scenario)) {
                if (all || seen.add(call.key())) {
                    List<String> errors = ManPage.errors(scenario.title(), call);
                    for (String error : all ? errors : errors.subList(0, 1)) {
                        assertions
                                .assertThatCode(() -> meet(scenario, call, error))
                                .as("%s %s", call, error)
                                .doesNotThrowAnyException();
                        place.clean(scenario.lasting());
                    }
                }
            }
        }
        assertions.assertAll();
    }

    /** Of the second run, if a process goes on: what it looks up once only does not belong to each. */
    private List<Call> callsOf(Scenario scenario) throws Exception {
        List<Call> calls = new ArrayList<>();
        for (int run = scenario.lasting() == 0 ? 1 : 0; run < 2; run++) {
            shim.disarm();
            assertThat(scenario.run()).isEqualTo(new Outcome(0, ""));
            calls = shim.calls();
            place.assertClean(scenario.lasting(), false);
            place.clean(scenario.lasting());
        }
        assertThat(calls).isNotEmpty();
        return calls;
    }

    private void meet(Scenario scenario, Call call, String error) throws Exception {
        shim.arm(call, ManPage.number(error));
        Outcome outcome = scenario.run();
        assertThat(shim.hasFired()).as("the call was made").isTrue();
        PAGE.add(scenario.title(), call, error, outcome, Files.exists(place.pidfile()), place.directory());
        outcome.assertTells(error);
        place.assertClean(scenario.lasting(), scenario.mayLeaveStalePidfile() && outcome.succeeded());
    }
}
