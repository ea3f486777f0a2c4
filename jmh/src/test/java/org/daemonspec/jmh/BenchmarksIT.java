package org.daemonspec.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No measurement: everything still runs, has its floor, and is told by the page. */
class BenchmarksIT {

    @TempDir
    private Path directory;

    @Test
    void everythingIsMeasuredAndIsOnThePage() throws Exception {
        assumeTrue(CPrograms.compiler().isPresent(), "there is no C compiler in PATH");
        Path json = directory.resolve("bench.json");
        Results results = Bench.measureOnce(json);

        assertThat(results.remarks()).noneMatch(remark -> remark.contains("failed"));
        for (Goals.Section section : Goals.all()) {
            for (Goal goal : section.goals()) {
                assertThat(goal.measured(results))
                        .as(goal.what() + " " + goal.floorName())
                        .matches(isOptional(goal) ? ".*" : "-?[0-9.]+( x| ms)? \\(-?[0-9.]+ – -?[0-9.]+\\)");
            }
        }

        Page.write(Results.readFrom(json), directory);
        assertThat(directory.resolve("benchmarks.md"))
                .content()
                .contains(Goals.all().getFirst().goals().getFirst().measured(results));
        for (String plot : new String[] {"exec", "cold-start", "lock", "contention"}) {
            assertThat(Files.size(directory.resolve("benchmarks").resolve(plot + ".svg")))
                    .isBetween(1000L, 150_000L);
        }
    }

    /** What the machine may lack, or this version of the example. */
    private static boolean isOptional(Goal goal) {
        return Goals.TOOLS.contains(goal.floor()) || goal.series().contains("AOT cache");
    }
}
