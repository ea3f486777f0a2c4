package org.daemonspec;

import static java.util.stream.Collectors.joining;

import java.util.List;

/** Words for sh(1). */
final class Shell {

    private Shell() {}

    /** The words as a shell has to read them to get these very words, whatever is in them. */
    static String quoted(List<String> words) {
        return words.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .collect(joining(" "));
    }

    /** A command that runs others: {@code %s} stands for the quoted words. */
    static List<String> script(String script, List<String> words) {
        return List.of("sh", "-c", script.formatted(quoted(words)));
    }
}
