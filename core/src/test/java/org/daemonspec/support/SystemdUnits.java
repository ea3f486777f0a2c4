package org.daemonspec.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daemonspec.support.Processes.Finished;

/** Unit files as systemd itself reads them: {@code systemd-analyze verify} says at its most talkative what it has understood. */
public final class SystemdUnits {

    /** Of its description of a unit. */
    private static final Pattern LINE = Pattern.compile("(?m)^\\t+(?<key>[A-Z][A-Za-z ]*): (?<value>.*)$");

    private SystemdUnits() {}

    /** What systemd complains of: exit code and text. */
    public static Finished verify(Processes processes, Path... units) throws Exception {
        return processes.run(command("verify", units));
    }

    /** The values that systemd has understood for a property of a unit, such as {@code Environment}, in order. */
    public static List<String> understood(Processes processes, String property, Path... units) throws Exception {
        ProcessBuilder builder = processes.builder(command("verify", units));
        builder.environment().put("SYSTEMD_LOG_LEVEL", "debug");
        Finished finished = processes.run(builder);
        List<String> values = new ArrayList<>();
        Matcher line = LINE.matcher(finished.out());
        while (line.find()) {
            if (line.group("key").equals(property)) {
                values.add(line.group("value"));
            }
        }
        assertThat(values).as(property + " in " + finished.out()).isNotEmpty();
        return values;
    }

    /** The words of a command line that systemd prints as a shell would quote it; {@code $$} becomes {@code $} when it is executed. */
    public static List<String> words(String commandLine) {
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|(\\S+)").matcher(commandLine);
        while (word.find()) {
            String text = word.group(1) == null ? word.group(2) : unescaped(word.group(1));
            assertThat(text.replace("$$", "")).as("no variable in " + text).doesNotContain("$");
            words.add(text.replace("$$", "$"));
        }
        return words;
    }

    private static String unescaped(String text) {
        Matcher escape = Pattern.compile("\\\\(?:x(..)|u(....)|([0-7]{3})|(.))").matcher(text);
        return escape.replaceAll(found -> {
            if (found.group(1) != null) {
                return Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(found.group(1), 16)));
            }
            if (found.group(2) != null) {
                return Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(found.group(2), 16)));
            }
            if (found.group(3) != null) {
                return Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(found.group(3), 8)));
            }
            int at = "abfnrtvs".indexOf(found.group(4));
            return Matcher.quoteReplacement(at < 0 ? found.group(4) : String.valueOf("\007\b\f\n\r\t\013 ".charAt(at)));
        });
    }

    private static List<String> command(String verb, Path... units) {
        List<String> command = new ArrayList<>(List.of("systemd-analyze", "--man=no", verb));
        for (Path unit : units) {
            command.add(unit.toString());
        }
        return command;
    }
}
