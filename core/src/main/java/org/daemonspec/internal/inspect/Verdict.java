package org.daemonspec.internal.inspect;

/** Whether a process has a property. */
public enum Verdict {
    PASS("pass"),
    FAIL("FAIL"),
    NOT_APPLICABLE("n/a");

    private final String word;

    Verdict(String word) {
        this.word = word;
    }

    /** As a report writes it. */
    public String word() {
        return word;
    }
}
