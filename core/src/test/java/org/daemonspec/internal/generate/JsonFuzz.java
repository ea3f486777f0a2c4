package org.daemonspec.internal.generate;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.Yaml;

/** Strings that are written to a manifest are those that a YAML parser reads. */
public final class JsonFuzz {

    private JsonFuzz() {}

    /** One try. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        List<String> words = new ArrayList<>();
        while (data.remainingBytes() > 0) {
            words.add(data.consumeString(30).replaceAll("[\\uD800-\\uDFFF]", ""));
        }
        Object read = new Yaml().load("- " + Json.list(words) + "\n- x");
        if (!read.equals(List.of(words, "x"))) {
            throw new AssertionError("meant " + words + ", read " + read);
        }
    }
}
