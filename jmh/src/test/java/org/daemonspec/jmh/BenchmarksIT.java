package org.daemonspec.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** No measurement: every benchmark still runs, and finds its floor. */
class BenchmarksIT {

    @Test
    void everyBenchmarkRunsAndEachButAFloorHasOne() throws Exception {
        assumeTrue(CFloor.compiler().isPresent(), "there is no C compiler in PATH");
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("org\\.daemonspec\\.jmh\\..*")
                        .param("touchedMegabytes", "1")
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(100))
                        .shouldFailOnError(true)
                        .build())
                .run();

        String table = new Report(List.of(results)).table();
        assertThat(table.lines().skip(1).filter(line -> !line.matches(".*[^ ] +[0-9.]+( +[0-9.]+){3}")))
                .as(table)
                .map(line -> line.split(" ", 2)[0])
                .containsExactlyInAnyOrder(
                        "DetachLatency.floorInC",
                        "LaunchLatency.javaHello",
                        "PidfileContention.flockInC",
                        "PidfileContention.pidfileInC");
    }
}
