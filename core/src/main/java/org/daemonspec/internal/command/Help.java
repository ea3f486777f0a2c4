package org.daemonspec.internal.command;

import java.util.stream.Collectors;
import org.daemonspec.internal.command.CommandWords.Verb;
import org.daemonspec.internal.control.StopStep;
import org.daemonspec.internal.generate.FileKind;
import org.daemonspec.internal.launch.LaunchSpec;

/** What the command face says of itself. */
final class Help {

    private static final String COMMANDS = """


          start           start it, and wait until it is ready
            --if-needed   fine if it runs already
          stop            end it, and wait until it has ended
                          (SCHEDULE)
          restart         stop and start; what runs is left alone if the start cannot work
          try-restart     the same, but only if it runs
          reload          tell it to read its configuration again (SIGHUP)
          force-reload    reload, or try-restart if it has nothing to reload
          status          say whether it runs
            --json        as a line of JSON
            --inspect     and whether it is a well-behaved daemon, by each step of daemon(7)
          plan            say what a start would do here, and what would fail; do nothing
          run             run it here, in the foreground
          train           make its AOT cache, for fast starts: starts and stops it twice
          generate        list the files that make it a service of this machine; do nothing
            FILE          print one: FILES

        Exit codes: 0 success, 1 error (start: runs already), 2 usage, 3 not implemented, 4 not allowed,
        6 cannot work as specified, 7 not running.
        Of status: 0 running, 1 dead but its pidfile is left, 3 not running, 4 unknown; with --inspect,
        150 running and not well-behaved.
        """;

    private Help() {}

    /** One line. */
    static String usage(LaunchSpec spec) {
        return "usage: " + spec.name() + " " + Verb.words() + " [OPTION]"
                + (spec.usage().isEmpty() ? "" : " " + spec.usage());
    }

    /** All of it. */
    static String text(LaunchSpec spec) {
        return usage(spec)
                + COMMANDS.replace("SCHEDULE", schedule(spec))
                        .replace("FILES", FileKind.words().replace("|", ", ")) + "pidfile: "
                + spec.pidfile().orElseThrow() + "\n";
    }

    private static String schedule(LaunchSpec spec) {
        return spec.stopSchedule().stream().map(StopStep::toString).collect(Collectors.joining(", "));
    }
}
