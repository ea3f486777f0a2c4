package org.daemonspec.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.daemonspec.internal.command.CommandWords.Option;
import org.daemonspec.internal.command.CommandWords.Verb;
import org.daemonspec.internal.control.StopStep;
import org.daemonspec.internal.launch.ContextSpec;
import org.daemonspec.internal.launch.LaunchSpec;
import org.daemonspec.internal.launch.LogSpec;
import org.daemonspec.internal.launch.StandardStream;
import org.daemonspec.internal.supervisor.StartMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HelpTest {

    @Test
    void theUsageIsOneLineWithTheProgramsOwnOptionsAtItsEnd() {
        String usage = "usage: echo start|stop|restart|try-restart|reload|force-reload|status|plan|run|train|generate"
                + " [OPTION]";

        assertThat(Help.usage(spec(""))).isEqualTo(usage);
        assertThat(Help.usage(spec("[--port N]"))).isEqualTo(usage + " [--port N]");
        assertThat(Help.text(spec("[--port N]"))).startsWith(usage + " [--port N]\n\n");
    }

    @ParameterizedTest
    @EnumSource(value = Verb.class, mode = EnumSource.Mode.EXCLUDE, names = "HELP")
    void everyCommandIsExplained(Verb verb) {
        assertThat(Help.text(spec(""))).containsPattern("(?m)^  " + verb.word() + " {2,}\\w");
    }

    @ParameterizedTest
    @EnumSource(Option.class)
    void everyOptionIsExplained(Option option) {
        assertThat(Help.text(spec(""))).containsPattern("(?m)^    " + option.word() + " {2,}\\w");
    }

    @Test
    void theScheduleAndThePidfileAreThoseOfTheSpecification() {
        assertThat(Help.text(spec("")))
                .contains("(SIGTERM and 30 s, SIGKILL and 0.5 s)")
                .endsWith("\npidfile: /run/echo.pid\n");
    }

    @Test
    void itFitsOnATerminalOf120ColumnsAndHasNothingLeftToFillIn() {
        assertThat(Help.text(spec(""))).doesNotContain("%", "\t").endsWith("\n");
        assertThat(Help.text(spec("")).lines()).allMatch(line -> line.length() <= 120);
    }

    private static LaunchSpec spec(String usage) {
        return new LaunchSpec(
                "echo",
                StartMode.AUTO,
                Optional.of(Path.of("/run/echo.pid")),
                false,
                Path.of("/"),
                OptionalInt.empty(),
                022,
                new StandardStream.Null(),
                new StandardStream.Null(),
                new StandardStream.Null(),
                LogSpec.standard(),
                new TreeSet<>(),
                List.of(),
                ContextSpec.inherited(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Duration.ofSeconds(60),
                Duration.ofSeconds(8),
                List.of(
                        new StopStep("SIGTERM", 15, Duration.ofSeconds(30)),
                        new StopStep("SIGKILL", 9, Duration.ofMillis(500))),
                usage);
    }
}
