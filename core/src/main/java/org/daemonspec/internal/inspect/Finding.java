package org.daemonspec.internal.inspect;

import java.util.Optional;

/**
 * A property, and whether a process has it.
 *
 * @param property which
 * @param verdict whether
 * @param evidence what was read, and where
 * @param advice what to do about a failure
 */
public record Finding(Property property, Verdict verdict, String evidence, Optional<String> advice) {

    static Finding of(Property property, Judgement judgement) {
        return new Finding(property, judgement.verdict(), judgement.evidence(), judgement.advice());
    }
}
