package org.daemonspec.faults;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What came of a start or a stop.
 *
 * @param exitCode its exit code
 * @param sentence what it said on stderr, without the end of the line; empty if it had nothing to say
 */
record Outcome(int exitCode, String sentence) {

    boolean succeeded() {
        return exitCode == 0;
    }

    /**
     * One sentence with the error's name and what to do; or nothing, because it works all the same. A daemon that cannot tell what
     * is wrong says it in its log, whose end is behind the sentence.
     */
    void assertTells(String error) {
        if (succeeded()) {
            assertThat(sentence).isEmpty();
            return;
        }
        assertThat(exitCode).isIn(1, 4, 6, 7);
        String named = ": " + ManPage.nameOf(error) + " \\([^\\n]+\\)";
        assertThat(sentence)
                .matches("(?s)probe: [^\\n]+" + named + "[^\\n]*; [^\\n]+\\.|"
                        + "probe: start failed: the daemon's JVM ended before it was ready [^\\n]+\\nthe end of .*"
                        + named
                        + ".*");
    }
}
