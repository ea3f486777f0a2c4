package org.daemonspec.internal.launch.commandline;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Options that are written into one string are read from it as they were. */
public final class OptionStringFuzz {

    private OptionStringFuzz() {}

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        String text = new String(data.consumeRemainingAsBytes(), StandardCharsets.ISO_8859_1);
        List<String> options = OptionString.parse(text);
        if (!OptionString.parse(OptionString.format(options)).equals(options)) {
            throw new AssertionError("not read as it was formatted: " + options);
        }
        List<String> lines = List.of(text.split("\0", -1));
        if (!OptionString.parse(OptionString.format(lines)).equals(lines)) {
            throw new AssertionError("not read as it was formatted: " + lines);
        }
    }
}
