package org.daemonspec.internal.command;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.daemonspec.internal.command.Terminal.Colour;
import org.daemonspec.internal.inspect.Finding;
import org.daemonspec.internal.inspect.Inspection;
import org.daemonspec.internal.inspect.InspectionReport;
import org.daemonspec.internal.inspect.Verdict;

/**
 * That a daemon runs, and how well it behaves.
 *
 * @param status that it runs
 * @param inspection what was found
 */
record InspectedStatus(StatusReport status, Inspection inspection) {

    int exitCode() {
        return inspection.hasFailed() ? ExitCode.STATUS_MISBEHAVING : status.exitCode();
    }

    int print(boolean json, Terminal terminal, PrintStream out) {
        out.println(json ? json() : text(terminal));
        return exitCode();
    }

    String text(Terminal terminal) {
        return status.sentence(terminal) + "\n"
                + InspectionReport.text(inspection, (verdict, word) -> paint(terminal, verdict, word));
    }

    private static String paint(Terminal terminal, Verdict verdict, String word) {
        return switch (verdict) {
            case PASS -> terminal.paint(Colour.GREEN, word);
            case FAIL -> terminal.paint(Colour.RED, word);
            case NOT_APPLICABLE -> word;
        };
    }

    /** As the status, with an array of findings. */
    String json() {
        return status.json(Map.of(
                "findings",
                inspection.findings().stream()
                        .map(InspectedStatus::object)
                        .collect(Collectors.joining(",", "[", "]"))));
    }

    private static String object(Finding finding) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("property", StatusReport.quoted(finding.property().word()));
        members.put("verdict", StatusReport.quoted(finding.verdict().name().toLowerCase(Locale.ROOT)));
        members.put("evidence", StatusReport.quoted(finding.evidence()));
        finding.advice().ifPresent(advice -> members.put("advice", StatusReport.quoted(advice)));
        return StatusReport.object(members);
    }
}
