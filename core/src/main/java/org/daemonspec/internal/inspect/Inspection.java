package org.daemonspec.internal.inspect;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a process was when it was looked at.
 *
 * @param pid of the process; empty if there was none to look at
 * @param pidfile its pidfile, named or found; empty if there is none
 * @param findings each property at most once, in order; one alone if there is nothing to look at
 */
public record Inspection(OptionalLong pid, Optional<Path> pidfile, List<Finding> findings) {

    public Inspection {
        findings = List.copyOf(findings);
    }

    /** Whether anything is not as it ought to be. */
    public boolean hasFailed() {
        return count(Verdict.FAIL) > 0;
    }

    /** How many properties were judged so. */
    public long count(Verdict verdict) {
        return findings.stream().filter(finding -> finding.verdict() == verdict).count();
    }

    /** In numbers, such as {@code 21 pass, 1 fails, 8 not applicable}. */
    public String summary() {
        long passed = count(Verdict.PASS);
        long failed = count(Verdict.FAIL);
        return passed + (passed == 1 ? " passes, " : " pass, ") + failed + (failed == 1 ? " fails, " : " fail, ")
                + count(Verdict.NOT_APPLICABLE) + " not applicable";
    }
}
