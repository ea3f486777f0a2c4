package org.daemonspec.internal.command;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.util.ArrayList;
import java.util.List;
import org.daemonspec.internal.command.CommandWords.UsageException;

/** Words are a command, or refused with a reason; and a command that is understood has no word that counts for nothing. */
public final class CommandWordsFuzz {

    private static final List<String> WORDS = List.of(
            "start",
            "stop",
            "restart",
            "try-restart",
            "reload",
            "force-reload",
            "status",
            "plan",
            "run",
            "train",
            "generate",
            "unit",
            "help",
            "--help",
            "-h",
            "--json",
            "--if-needed",
            "--inspect",
            "START",
            "");

    private CommandWordsFuzz() {}

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        List<String> words = new ArrayList<>();
        while (data.remainingBytes() > 0) {
            words.add(data.consumeBoolean() ? data.pickValue(WORDS) : data.consumeString(20));
        }
        try {
            CommandWords command = CommandWords.parse(words.toArray(String[]::new));
            boolean isHelp = words.contains("--help") || words.contains("-h");
            if (!isHelp && !command.verb().word().equals(words.getFirst())) {
                throw new AssertionError(words + " is understood as " + command.verb());
            }
        } catch (UsageException e) {
            if (e.getMessage().isBlank()) {
                throw new AssertionError("no reason", e);
            }
        }
    }
}
