package org.daemonspec;

import static java.util.stream.Collectors.toMap;

import java.util.Map;

/** The settings of a file with sections, without comments; of a key that is there twice, the last. */
final class IniFile {

    private IniFile() {}

    static Map<String, String> values(String text) {
        return text.lines()
                .filter(line -> line.contains("=") && !line.startsWith("#"))
                .map(line -> line.split("=", 2))
                .collect(toMap(words -> words[0], words -> words[1], (first, second) -> second));
    }
}
