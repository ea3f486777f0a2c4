package org.daemonspec.internal.generate;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.util.ArrayList;
import java.util.List;

/** Words that are written to a unit are those that systemd reads, by {@link SystemdReader}. */
public final class SystemdSyntaxFuzz {

    private SystemdSyntaxFuzz() {}

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        List<String> words = new ArrayList<>();
        while (data.remainingBytes() > 0) {
            words.add(data.consumeString(30).replaceAll("[\0\\uD800-\\uDFFF]", ""));
        }
        check(words, SystemdReader.command(SystemdSyntax.command(words)));
        for (String word : words) {
            check(List.of(word), SystemdReader.words(SystemdSyntax.word(word)));
        }
    }

    private static void check(List<String> meant, List<String> read) {
        if (!meant.equals(read)) {
            throw new AssertionError("meant " + meant + ", read " + read);
        }
    }
}
