package org.daemonspec.internal.inspect;

import java.util.Optional;

/**
 * What was found of one property.
 *
 * @param verdict whether it has it
 * @param evidence what was read, and where; if it is not applicable, why
 * @param advice what to do about a failure, a sentence; otherwise empty
 */
record Judgement(Verdict verdict, String evidence, Optional<String> advice) {

    /** It has the property. */
    static Judgement pass(String evidence) {
        return new Judgement(Verdict.PASS, evidence, Optional.empty());
    }

    /** It has it not. */
    static Judgement fail(String evidence, String advice) {
        return new Judgement(Verdict.FAIL, evidence, Optional.of(advice));
    }

    /** Nobody outside can tell, or it makes no sense for this process. */
    static Judgement notApplicable(String reason) {
        return new Judgement(Verdict.NOT_APPLICABLE, reason, Optional.empty());
    }
}
