package org.daemonspec.internal.inspect;

import java.util.Arrays;
import java.util.function.BiFunction;

/** An inspection as people read it. */
public final class InspectionReport {

    private static final int INDENT = 2;
    private static final int VERDICT = 6;
    private static final int PROPERTY = Arrays.stream(Property.values())
                    .mapToInt(property -> property.word().length())
                    .max()
                    .orElse(0)
            + 2;

    private InspectionReport() {}

    /** Without colours. */
    public static String plain(Inspection inspection) {
        return text(inspection, (verdict, word) -> word);
    }

    /**
     * A line for each property, under a failure what to do, and the numbers in a last line without its end.
     *
     * @param paint what becomes of the word for a verdict
     */
    public static String text(Inspection inspection, BiFunction<Verdict, String, String> paint) {
        StringBuilder text = new StringBuilder();
        for (Finding finding : inspection.findings()) {
            String word = finding.verdict().word();
            text.append(" ".repeat(INDENT))
                    .append(paint.apply(finding.verdict(), word))
                    .append(" ".repeat(VERDICT - word.length()))
                    .append(padded(finding.property().word()))
                    .append(finding.evidence())
                    .append('\n');
            finding.advice()
                    .ifPresent(advice -> text.append(" ".repeat(INDENT + VERDICT + PROPERTY))
                            .append("to do: ")
                            .append(advice)
                            .append('\n'));
        }
        return text.append(inspection.summary()).toString();
    }

    private static String padded(String word) {
        return word + " ".repeat(PROPERTY - word.length());
    }
}
