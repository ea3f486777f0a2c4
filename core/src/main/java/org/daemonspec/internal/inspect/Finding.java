package org.daemonspec.internal.inspect;

import java.util.Optional;
import org.daemonspec.internal.posix.Printable;

/**
 * A property, and whether a process has it.
 *
 * @param property which
 * @param verdict whether
 * @param evidence what was read, and where: a line, whatever the process calls itself and its files
 * @param advice what to do about a failure
 */
public record Finding(Property property, Verdict verdict, String evidence, Optional<String> advice) {

    static Finding of(Property property, Judgement judgement) {
        return new Finding(
                property,
                judgement.verdict(),
                Printable.of(judgement.evidence()),
                judgement.advice().map(Printable::of));
    }
}
